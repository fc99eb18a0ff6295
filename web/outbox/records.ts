/** Saving what was recorded: durable, locked and sealed before anybody says 已保存. */
import type { OpenRecord, Outcome, TaskOutcome, Uuid } from '@/api/types'
import { ensureKey, lock, unlock } from './local_key'
import { uuid7 } from './ids'
import type { Phone } from './phone'
import { sealRecord } from './sealing'
import { taskKey, type Box, type KeptPassage, type KeptRecord, type Mark } from './store'

export interface Fact {
  id: Uuid
  kind: string
  body: unknown
}

export interface Saving {
  /** In the order they happened; the first is the visit, the others belong to it. */
  facts: Fact[]
  household: Uuid | null
  visit: Uuid
  task?: { outcome: TaskOutcome; people: number; corrects?: boolean }
  /** The line in the gate's counters that this writes: both or none. */
  passage?: KeptPassage
  /** The draft that this finishes. */
  draft?: string
}

export class NotEnrolled extends Error {}

export function newId(phone: Phone): Uuid {
  return uuid7(phone.now())
}

/**
 * Keeps the records in one strict transaction and returns after its `oncomplete`. Either all are kept or, with an error, none.
 *
 * Numbers are taken first, because sealing has to know them and no transaction may wait for it; a number taken and not used is a gap
 * that the server sees only if nothing higher ever comes, so gaps are given back unless another tab took the next one meanwhile.
 */
export async function save(phone: Phone, saving: Saving): Promise<KeptRecord[]> {
  const { db } = phone
  const session = await db.note('session')
  if (!session || session.revoked) throw new NotEnrolled()
  const key = await ensureKey(db, 'own')
  const at = new Date(phone.now()).toISOString()
  const first = await takeNumbers(phone, saving.facts.length)
  const rows = await Promise.all(
    saving.facts.map(async (fact, i) => {
      const record: OpenRecord = { id: fact.id, kind: fact.kind, at, n: first + i, body: fact.body }
      const text = JSON.stringify(record)
      const [box, sealed] = await Promise.all([lock(key, text, `records/${fact.id}`), sealRecord(session.server_key, fact.id, text)])
      return row(record, saving, box, sealed)
    }),
  )
  try {
    await write(phone, saving, rows, at)
  } catch (error) {
    await giveBack(phone, first, saving.facts.length)
    throw error
  }
  return rows
}

function row(record: OpenRecord, saving: Saving, box: Box, sealed: string): KeptRecord {
  return {
    id: record.id, n: record.n, kind: record.kind, at: record.at, household: saving.household, visit: saving.visit, campaign: saving.task?.outcome.campaign ?? null,
    state: 'waiting', box, sealed, fate: null, code: null, message: null, position: null, settled_at: null, counted: 0,
  }
}

async function write(phone: Phone, saving: Saving, rows: KeptRecord[], at: string): Promise<void> {
  const { db } = phone
  await db.transaction('rw', [db.records, db.marks, db.appointments, db.drafts, db.passages, db.keys], async () => {
    // A wipe in another tab while we sealed: nothing may come back after it.
    if (!(await db.keys.get('own'))) throw new NotEnrolled()
    await db.records.bulkAdd(rows)
    if (saving.task) await mark(phone, saving.task, rows[0]!.id, at)
    if (saving.passage) await db.passages.put(saving.passage)
    if (saving.draft) await db.drafts.delete(saving.draft)
  })
}

async function mark(phone: Phone, task: { outcome: TaskOutcome; people: number; corrects?: boolean }, record: Uuid, at: string): Promise<void> {
  const { db } = phone
  const { outcome } = task
  const key = taskKey(outcome)
  const entry: Mark = { record, task: key, target: outcome.target, outcome: outcome.outcome as Outcome, at, people: task.people, corrects: task.corrects ?? false, position: null }
  if (entry.corrects) await db.marks.where('task').equals(key).delete()
  await db.marks.put(entry)
  if (outcome.appointment) await db.appointments.put({ task: key, target: outcome.target, at: outcome.appointment })
  else await db.appointments.delete(key)
}

async function takeNumbers(phone: Phone, count: number): Promise<number> {
  const { db } = phone
  return db.transaction('rw', db.notes, async () => {
    const counters = (await db.note('counters')) ?? { n: 0, delivered: 0, returned: 0 }
    await db.keep('counters', { ...counters, n: counters.n + count })
    return counters.n + 1
  })
}

async function giveBack(phone: Phone, first: number, count: number): Promise<void> {
  const { db } = phone
  try {
    await db.transaction('rw', db.notes, async () => {
      const counters = await db.note('counters')
      if (counters && counters.n === first + count - 1) await db.keep('counters', { ...counters, n: first - 1 })
    })
  } catch {
    // The flash is full or gone: the first error is the one to tell.
  }
}

/** What a kept record says, for the worker who wrote it. Raises KeyGone after a wipe. */
export async function read(phone: Phone, record: KeptRecord): Promise<OpenRecord | null> {
  if (!record.box) return null
  return JSON.parse(await unlock(phone.db, 'own', record.box, `records/${record.id}`)) as OpenRecord
}

export interface Boxes {
  drafts: number
  waiting: number
  sent: number
  returned: number
}

/** 草稿 / 待传 / 已传 / 被退回 */
export async function counts(phone: Phone): Promise<Boxes> {
  const { db } = phone
  const state = (name: KeptRecord['state']) => db.records.where('state').equals(name).count()
  const [drafts, waiting, sent, returned] = await Promise.all([db.drafts.count(), state('waiting'), state('sent'), state('returned')])
  return { drafts, waiting, sent, returned }
}
