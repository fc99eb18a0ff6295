/**
 * The phone's own two keys, made by the browser, never to be taken out of it.
 *
 * `people` locks what was fetched about residents; `own` locks what the worker wrote here. Destroying a key makes what it locked unreadable
 * at once, whatever the database leaves lying on the flash.
 */
import type { Box, FieldDatabase } from './store'

export type KeyName = 'people' | 'own'

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

export class KeyGone extends Error {
  constructor() {
    super('the key that locked this is destroyed')
    this.name = 'KeyGone'
  }
}

/** The key, made at first need. Two tabs that need it at once end with the same one. */
export async function ensureKey(db: FieldDatabase, name: KeyName): Promise<CryptoKey> {
  const kept = await db.keys.get(name)
  if (kept) return kept.key
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  return db.transaction('rw', db.keys, async () => {
    const other = await db.keys.get(name)
    if (other) return other.key
    await db.keys.add({ name, key: made })
    return made
  })
}

export async function lock(key: CryptoKey, text: string, place: string): Promise<Box> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: ENCODER.encode(place) }, key, ENCODER.encode(text))
  return { iv, data }
}

/** Raises KeyGone when the key was destroyed, or is not the one that locked it. */
export async function unlock(db: FieldDatabase, name: KeyName, box: Box, place: string): Promise<string> {
  const kept = await db.keys.get(name)
  if (!kept) throw new KeyGone()
  return unlockWith(kept.key, box, place)
}

export async function unlockWith(key: CryptoKey, box: Box, place: string): Promise<string> {
  try {
    return DECODER.decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.iv, additionalData: ENCODER.encode(place) }, key, box.data))
  } catch {
    throw new KeyGone()
  }
}
