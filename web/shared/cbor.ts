/**
 * Reads the part of CBOR (RFC 8949) that a credential is made of: whole numbers, bytes, text, lists, maps, tags; lengths said beforehand.
 *
 * Of our own because that part is small, and because what is read here comes from strangers: everything is bounded, and all else throws.
 */
export class Unreadable extends Error {}

export class Tagged {
  readonly tag: number
  readonly value: Cbor
  constructor(tag: number, value: Cbor) {
    this.tag = tag
    this.value = value
  }
}
export type Cbor = number | string | boolean | null | Uint8Array | Cbor[] | Map<Cbor, Cbor> | Tagged

const DEEPEST = 16
const TEXT = new TextDecoder('utf-8', { fatal: true })

/** The one value that the bytes hold; anything after it is an error, for no signature would cover it. */
export function readCbor(bytes: Uint8Array): Cbor {
  const reader = new Reader(bytes)
  const value = reader.value(0)
  if (!reader.isDone) throw new Unreadable()
  return value
}

class Reader {
  private at = 0
  private readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get isDone(): boolean {
    return this.at === this.bytes.length
  }

  value(depth: number): Cbor {
    if (depth > DEEPEST) throw new Unreadable()
    const first = this.take(1)[0]!
    const [major, info] = [first >> 5, first & 31]
    if (major === 7) return this.simple(info)
    const n = this.length(info)
    switch (major) {
      case 0: return n
      case 1: return -1 - n
      case 2: return this.take(n)
      case 3: return this.text(n)
      case 4: return this.times(n, () => this.value(depth + 1))
      case 5: return new Map(this.times(n, (): [Cbor, Cbor] => [this.value(depth + 1), this.value(depth + 1)]))
      default: return new Tagged(n, this.value(depth + 1))
    }
  }

  private simple(info: number): Cbor {
    if (info === 20 || info === 21) return info === 21
    if (info === 22) return null
    throw new Unreadable()
  }

  private length(info: number): number {
    if (info < 24) return info
    if (info > 27) throw new Unreadable()
    const n = this.take(1 << (info - 24)).reduce((sum, byte) => sum * 256 + byte, 0)
    if (!Number.isSafeInteger(n)) throw new Unreadable()
    return n
  }

  private text(n: number): string {
    try {
      return TEXT.decode(this.take(n))
    } catch {
      throw new Unreadable()
    }
  }

  private times<One>(n: number, one: () => One): One[] {
    if (n > this.bytes.length - this.at) throw new Unreadable() // each takes a byte at least
    const all: One[] = []
    for (let i = 0; i < n; i++) all.push(one())
    return all
  }

  private take(n: number): Uint8Array {
    if (n > this.bytes.length - this.at) throw new Unreadable()
    this.at += n
    return this.bytes.slice(this.at - n, this.at)
  }
}

/** A byte string or a text, with its head: all that has to be written to check a signature. */
export function cborHead(major: number, n: number): Uint8Array {
  if (n < 24) return Uint8Array.of((major << 5) | n)
  if (n < 256) return Uint8Array.of((major << 5) | 24, n)
  return Uint8Array.of((major << 5) | 25, n >> 8, n & 255)
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const WORTH = new Map(Array.from(LETTERS, (letter, n): [string, number] => [letter, n]))

/** RFC 9285: three letters are two bytes. */
export function readBase45(text: string): Uint8Array {
  if (text.length % 3 === 1) throw new Unreadable()
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [text[i]!, text[i + 1]!, text[i + 2]].map((letter) => (letter === undefined ? undefined : WORTH.get(letter)))
    if (a === undefined || b === undefined || (i + 2 < text.length && c === undefined)) throw new Unreadable()
    const n = a + b * 45 + (c ?? 0) * 2025
    if (n > (c === undefined ? 255 : 65535)) throw new Unreadable()
    if (c === undefined) bytes.push(n)
    else bytes.push(n >> 8, n & 255)
  }
  return Uint8Array.from(bytes)
}
