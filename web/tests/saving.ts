/**
 * A worker who saves visit after visit with the field app's own outbox, for tests/crash/test_phone_power_cut.py.
 *
 * `saved` is called where the app would show 已保存在本机.
 */
import { ensureKey, unlock } from '@/outbox/local_key'
import { newId, save } from '@/outbox/records'
import type { Phone } from '@/outbox/phone'
import { FieldDatabase, type Session } from '@/outbox/store'

const db = new FieldDatabase()
const phone: Phone = { db, client: null as never, now: () => Date.now(), chance: () => Math.random() }

export async function enrol(serverKey: string): Promise<void> {
  if (await db.note('session')) return
  const session: Partial<Session> = { token: 'none', server_key: serverKey, revoked: false, expired: false }
  await db.keep('session', session as Session)
  await ensureKey(db, 'own')
}

export async function work(saved: (id: string) => void): Promise<void> {
  for (;;) {
    const id = newId(phone)
    const target = newId(phone)
    const outcome = { campaign: target, occasion: 'cut', target, outcome: 'done' as const }
    const fact = { id, kind: 'screening.household_visited.v1', body: { task: outcome, people: 3, answers: { note: 'x'.repeat(400) } } }
    await save(phone, { facts: [fact], household: target, visit: id, task: { outcome, people: 3 } })
    saved(id)
  }
}

/** The records that are there and can be read: a key that is gone makes them as lost as if they were not. */
export async function readable(): Promise<string[]> {
  const rows = await db.records.toArray()
  const ids = await Promise.all(rows.map(async ({ id, box }) => {
    if (!box) return ''
    const record = JSON.parse(await unlock(db, 'own', box, `records/${id}`)) as { id: string }
    return record.id
  }))
  return ids.filter((id) => id !== '')
}
