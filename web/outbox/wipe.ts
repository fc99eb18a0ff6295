/** What leaves this phone, and when: names after 72 hours without contact, everybody on revocation, everything on log-out. */
import type { Uuid } from '@/api/types'
import { unlockWith } from './local_key'
import type { Phone } from './phone'
import type { Box } from './store'

export async function isExpired(phone: Phone): Promise<boolean> {
  const scope = await phone.db.note('scope')
  return scope !== undefined && (await steadyNow(phone)) >= scope.names_until
}

/** The clock, never earlier than it ever was: turned back, it keeps no names alive. */
export async function steadyNow(phone: Phone): Promise<number> {
  const latest = (await phone.db.note('latest_seen')) ?? 0
  const now = Math.max(phone.now(), latest)
  if (now - latest > 60_000) await phone.db.keep('latest_seen', now)
  return now
}

/**
 * Campaigns that were forgotten leave this phone too: tasks, marks, appointments, drafts, and what was sent or came back. What still
 * waits goes when the server has refused it.
 */
export async function forgetCampaigns(phone: Phone, campaigns: Uuid[]): Promise<void> {
  const { db } = phone
  const names = (text: string) => campaigns.some((campaign) => text.includes(campaign))
  const key = (await db.keys.get('own'))?.key
  const opened = async (box: Box | null, place: string) => (key && box ? await unlockWith(key, box, place).catch(() => '') : '')
  const settled = await db.records.filter((record) => record.state !== 'waiting').toArray()
  const drafts = await db.drafts.toArray()
  const records = (await Promise.all(settled.map(async (row) => (names(row.campaign ?? (await opened(row.box, `records/${row.id}`))) ? row.id : null)))).filter((id) => id !== null)
  const begun = (await Promise.all(drafts.map(async (row) => (names(row.key) || names(await opened(row.box, `drafts/${row.key}`)) ? row.key : null)))).filter((id) => id !== null)
  await db.transaction('rw', [db.tasks, db.marks, db.appointments, db.records, db.drafts], async () => {
    await Promise.all([
      db.tasks.filter((row) => campaigns.includes(row.campaign)).delete(),
      db.marks.filter((row) => names(row.task)).delete(),
      db.appointments.filter((row) => names(row.task)).delete(),
      db.records.bulkDelete(records),
      db.drafts.bulkDelete(begun),
    ])
  })
}

/** Names go; doors, tasks, drafts and records stay, so that work goes on by door number. The next feed starts from nothing. */
export async function forgetNames(phone: Phone): Promise<void> {
  const { db } = phone
  await db.transaction('rw', [db.people, db.keys, db.notes], async () => {
    await db.keys.delete('people')
    await db.people.clear()
    const scope = await db.note('scope')
    if (scope) await db.keep('scope', { ...scope, position: 0, shape: '', complete: false })
  })
}

export async function forgetNamesWhenDue(phone: Phone): Promise<boolean> {
  if (!(await isExpired(phone))) return false
  if ((await phone.db.people.count()) > 0 || (await phone.db.keys.get('people'))) await forgetNames(phone)
  return true
}

/** The server took this phone out of service: people and both keys go at once; what is unsent stays, sealed, until there is a receipt. */
export async function wipePeople(phone: Phone): Promise<void> {
  const { db } = phone
  await db.transaction('rw', db.tables, async () => {
    const session = await db.note('session')
    const counters = await db.note('counters')
    await Promise.all([db.keys.clear(), db.people.clear(), db.households.clear(), db.places.clear(), db.tasks.clear(), db.marks.clear(), db.appointments.clear(), db.drafts.clear(), db.passages.clear()])
    await db.records.where('state').notEqual('waiting').delete()
    await db.records.toCollection().modify({ box: null, household: null })
    await db.notes.clear()
    if (session) await db.keep('session', { ...session, revoked: true })
    if (counters) await db.keep('counters', counters)
  })
}

/** Revoked and nothing left to hand in: the token and all that remained go, and the enrolment screen tells what happened. */
export async function farewell(phone: Phone): Promise<boolean> {
  const { db } = phone
  return db.transaction('rw', db.tables, async () => {
    const session = await db.note('session')
    if (!session?.revoked || (await db.records.where('state').equals('waiting').count()) > 0) return false
    const handedIn = (await db.note('counters'))?.delivered ?? 0
    const left = await db.records.where('state').equals('returned').count()
    await Promise.all(db.tables.map((table) => table.clear()))
    await db.keep('farewell', { handed_in: handedIn, left })
    return true
  })
}

/** Log-out. Refused while something is unsent: nobody loses a visit by a tap. */
export async function logOut(phone: Phone): Promise<'done' | 'unsent'> {
  const { db } = phone
  return db.transaction('rw', db.tables, async () => {
    if ((await db.records.where('state').equals('waiting').count()) > 0) return 'unsent'
    await Promise.all(db.tables.map((table) => table.clear()))
    return 'done'
  })
}
