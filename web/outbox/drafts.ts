/** Drafts: what is being typed, kept every moment, so that a kill, a restart or an update loses nothing. */
import type { Uuid } from '@/api/types'
import { ensureKey, KeyGone, lock, unlock } from './local_key'
import type { Phone } from './phone'

export async function keepDraft(phone: Phone, key: string, household: Uuid | null, content: unknown): Promise<void> {
  const box = await lock(await ensureKey(phone.db, 'own'), JSON.stringify(content), `drafts/${key}`)
  await phone.db.drafts.put({ key, household, at: phone.now(), box })
}

export async function readDraft<T>(phone: Phone, key: string): Promise<T | null> {
  const draft = await phone.db.drafts.get(key)
  if (!draft) return null
  try {
    return JSON.parse(await unlock(phone.db, 'own', draft.box, `drafts/${key}`)) as T
  } catch (error) {
    if (error instanceof KeyGone) return null
    throw error
  }
}

export async function dropDraft(phone: Phone, key: string): Promise<void> {
  await phone.db.drafts.delete(key)
}
