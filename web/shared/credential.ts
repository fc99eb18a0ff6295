/**
 * A look at a text that somebody shows at a gate, without a server. The server looks alike (checkpoints/vectors.json).
 *
 * `LF1:` is a credential: a CWT signed as COSE_Sign1 with ES256, in base45. `LF2:` is the same in a second signature of the phone's own
 * key, made every 60 seconds. Signatures are checked by the browser (WebCrypto). Whatever text comes, the answer is a verdict.
 */
import { cborHead, readBase45, readCbor, Tagged, Unreadable, type Cbor } from './cbor'

export type CodeVerdict =
  | 'genuine' | 'paper' | 'copied' | 'replayed' | 'from_the_future' | 'expired' | 'revoked' | 'forged' | 'wrong_key' | 'damaged' | 'foreign' | 'too_long'

export interface Attested {
  what: string
  /** Seconds since 1970. */
  at: number
  until: number
}

export interface TrustedKey {
  id: string
  x: Uint8Array
  y: Uint8Array
  signsFrom: number
  signsUntil: number
}

export interface Trust {
  keys: TrustedKey[]
  /** By number, in hexadecimal digits: until when. Milliseconds. */
  revoked: Record<string, number>
  asOf: number
}

export interface Looked {
  verdict: CodeVerdict
  number: Uint8Array | null
  holder: { shown_name: string; last_four: string } | null
  evidence: Attested[]
}

const ALONE = 'LF1:'
const SHOWN_NOW = 'LF2:'
const MOST_CHARACTERS = 4296
const MOVES_EVERY = 60_000
const CLOCKS_DIFFER = 30_000
const [EXPIRES, ISSUED, NUMBER, BOUND_TO, CONTENT, INSIDE] = [4, 6, 7, 8, -70001, -70002] as const

class Unsound extends Error {
  readonly verdict: CodeVerdict
  constructor(verdict: CodeVerdict) {
    super(verdict)
    this.verdict = verdict
  }
}

/** A gate whose clock runs behind its own last sync is taken to be at that sync: set back, it revives nothing. */
export async function lookAt(text: string, trust: Trust, at: number): Promise<Looked> {
  try {
    return await look(text, trust, Math.max(at, trust.asOf))
  } catch (error) {
    const verdict = error instanceof Unsound ? error.verdict : error instanceof Unreadable ? 'damaged' : null
    if (verdict === null) throw error
    return { verdict, number: null, holder: null, evidence: [] }
  }
}

async function look(text: string, trust: Trust, now: number): Promise<Looked> {
  const outer = lettersOf(text)
  const shown = text.startsWith(SHOWN_NOW) ? claimsOf(partsOf(outer).payload) : null
  const { claims, issuedAt } = await signedClaims(shown ? bytesOf(shown.get(INSIDE)) : outer, trust)
  const content = contentOf(claims.get(CONTENT))
  if (issuedAt > now + CLOCKS_DIFFER) throw new Unsound('from_the_future')
  if (now >= instantOf(claims.get(EXPIRES))) throw new Unsound('expired')
  const number = bytesOf(claims.get(NUMBER))
  const takenBack = trust.revoked[hex(number)]
  if (takenBack !== undefined && now < takenBack) throw new Unsound('revoked')
  const verdict = await moves(outer, shown, claims.get(BOUND_TO), now)
  return { verdict, number, holder: content.holder, evidence: content.evidence.filter((one) => now / 1000 < one.until) }
}

/** From the letters to the bytes, as cheaply as what is not ours deserves. */
function lettersOf(text: string): Uint8Array {
  if (text.length > MOST_CHARACTERS) throw new Unsound('too_long')
  if (!text.startsWith(ALONE) && !text.startsWith(SHOWN_NOW)) throw new Unsound('foreign')
  return readBase45(text.slice(ALONE.length))
}

async function signedClaims(signed: Uint8Array, trust: Trust): Promise<{ claims: Map<Cbor, Cbor>; issuedAt: number }> {
  const parts = partsOf(signed)
  const id = parts.plain.get(4)
  const key = id instanceof Uint8Array ? trust.keys.find((one) => one.id === hex(id)) : undefined
  if (!key) throw new Unsound('wrong_key')
  await checkSignature(parts, key.x, key.y)
  const claims = claimsOf(parts.payload)
  const issuedAt = instantOf(claims.get(ISSUED))
  if (issuedAt < key.signsFrom || issuedAt >= key.signsUntil) throw new Unsound('wrong_key')
  return { claims, issuedAt }
}

/** Is it the phone itself that shows this, and just now? */
async function moves(outer: Uint8Array, shown: Map<Cbor, Cbor> | null, boundTo: Cbor | undefined, now: number): Promise<CodeVerdict> {
  if (boundTo === undefined || boundTo === null) {
    if (shown) throw new Unsound('forged') // paper does not move
    return 'paper'
  }
  if (!shown) throw new Unsound('copied')
  const key = boundTo instanceof Map ? boundTo.get(1) : undefined
  const [id, x, y] = key instanceof Map ? [key.get(2), key.get(-2), key.get(-3)] : []
  const parts = partsOf(outer)
  const named = parts.plain.get(4)
  if (!(x instanceof Uint8Array && y instanceof Uint8Array && id instanceof Uint8Array)) throw new Unsound('forged')
  if (!(named instanceof Uint8Array && hex(named) === hex(id))) throw new Unsound('forged')
  await checkSignature(parts, x, y)
  const shownAt = instantOf(shown.get(ISSUED))
  if (shownAt > now + CLOCKS_DIFFER) throw new Unsound('from_the_future')
  if (shownAt <= now - MOVES_EVERY - CLOCKS_DIFFER) throw new Unsound('replayed')
  return 'genuine'
}

interface Parts {
  protectedHeader: Uint8Array
  plain: Map<Cbor, Cbor>
  payload: Uint8Array
  signature: Uint8Array
}

function partsOf(signed: Uint8Array): Parts {
  const tagged = readCbor(signed)
  const inside = tagged instanceof Tagged && tagged.tag === 18 && Array.isArray(tagged.value) && tagged.value.length === 4 ? tagged.value : []
  const [protectedHeader, plain, payload, signature] = inside
  if (!(protectedHeader instanceof Uint8Array && plain instanceof Map && payload instanceof Uint8Array && signature instanceof Uint8Array)) throw new Unreadable()
  return { protectedHeader, plain, payload, signature }
}

/** RFC 9052, 4.4: what was signed is a list of the word Signature1, the protected header, nothing, and the payload. */
async function checkSignature(parts: Parts, x: Uint8Array, y: Uint8Array): Promise<void> {
  if (!(await isSigned(parts, x, y).catch(() => false))) throw new Unsound('forged')
}

async function isSigned({ protectedHeader, payload, signature }: Parts, x: Uint8Array, y: Uint8Array): Promise<boolean> {
  const header = readCbor(protectedHeader)
  if (!(header instanceof Map) || header.get(1) !== -7) return false // ES256, and nothing else
  const word = new TextEncoder().encode('Signature1')
  const empty = new Uint8Array()
  const signed = joined(Uint8Array.of(0x84), cborHead(3, word.length), word, ...[protectedHeader, empty, payload].flatMap((one) => [cborHead(2, one.length), one]))
  const key = await crypto.subtle.importKey('raw', joined(Uint8Array.of(4), x, y), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, joined(signature), signed)
}

function contentOf(value: Cbor | undefined): { holder: { shown_name: string; last_four: string }; evidence: Attested[] } {
  const [holder, carrier, evidence] = listOf(value)
  const [name, digits] = listOf(holder)
  if (typeof name !== 'string' || typeof digits !== 'string' || !['own_phone', 'family_phone', 'paper'].includes(carrier as string)) throw new Unreadable()
  return { holder: { shown_name: name, last_four: digits }, evidence: listOf(evidence).map(attested) }
}

function attested(value: Cbor): Attested {
  const [what, at, until] = listOf(value)
  if (typeof what !== 'string' || typeof at !== 'number' || typeof until !== 'number') throw new Unreadable()
  return { what, at, until }
}

function listOf(value: Cbor | undefined): Cbor[] {
  if (!Array.isArray(value)) throw new Unreadable()
  return value
}

function claimsOf(payload: Uint8Array): Map<Cbor, Cbor> {
  const found = readCbor(payload)
  if (!(found instanceof Map)) throw new Unreadable()
  return found
}

function bytesOf(value: Cbor | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Unreadable()
  return value
}

/** Seconds in the credential, milliseconds here. */
function instantOf(value: Cbor | undefined): number {
  if (typeof value !== 'number' || value < 0 || value >= 2 ** 35) throw new Unreadable()
  return value * 1000
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(i * 2, i * 2 + 2), 16))
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
