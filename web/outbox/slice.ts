/** The slice of the register that this phone carries: my grids only, people locked, dated, expiring. */
import type { FeedPage, FeedResident, Uuid } from '@/api/types'
import { ensureKey, KeyGone, lock, unlockWith } from './local_key'
import type { Phone } from './phone'
import { taskKey, type Household, type People, type Scope } from './store'
import { forgetCampaigns, forgetNamesWhenDue, steadyNow } from './wipe'

export const PAGE = 500

export interface Pulled {
  households: number
  bytes: number
  /** What the server has from this device, as of the last page. */
  device: FeedPage['device']
}

/** Reads the feed from where it stood, page by page; each page is applied whole or not at all. */
export async function pullFeed(phone: Phone, onProgress: (pulled: Pulled) => void = () => {}): Promise<Pulled> {
  const total: Pulled = { households: 0, bytes: 0, device: null }
  for (;;) {
    const scope = await phone.db.note('scope')
    const query = new URLSearchParams({ after: String(scope?.position ?? 0), limit: String(PAGE) })
    if (scope?.shape) query.set('shape', scope.shape)
    const { body, size } = await phone.client.answer<FeedPage>(`/api/v1/feed?${query}`, { timeout: 60_000 })
    await applyPage(phone, body, size)
    if (body.forgotten?.length) await forgetCampaigns(phone, body.forgotten)
    total.households += body.households.length
    total.bytes += size
    total.device = body.device
    onProgress(total)
    if (!body.more) return total
  }
}

async function applyPage(phone: Phone, page: FeedPage, size: number): Promise<void> {
  const { db } = phone
  const key = await ensureKey(db, 'people')
  const people = await Promise.all(page.households.map((household) => lockPeople(key, household.id, household.grid, household.residents)))
  const doors: Household[] = page.households.map(({ residents: _, ...door }) => door)
  const now = await steadyNow(phone)
  await db.transaction('rw', [db.households, db.people, db.places, db.tasks, db.marks, db.notes, db.keys], async () => {
    if (!(await db.keys.get('people'))) throw new KeyGone() // wiped in another tab while we locked
    const before = page.reset ? undefined : await db.note('scope')
    if (page.reset) await Promise.all([dropSlice(phone), db.tasks.clear()])
    await db.households.bulkPut(doors)
    await db.people.bulkPut(people)
    await db.households.bulkDelete(page.gone)
    await db.people.bulkDelete(page.gone)
    await db.tasks.bulkPut(page.tasks.map((task) => ({ ...task, key: taskKey(task) })))
    if (page.places) await db.places.clear().then(() => db.places.bulkPut(page.places!))
    await dropPastOccasions(phone, page)
    await dropMarksShown(phone, page)
    await db.keep('scope', nextScope(page, before, now, size))
    if (page.gates) await db.keep('gates', { slice: page.gates, as_of: Date.parse(page.as_of), contact_at: phone.now() })
    else await db.drop('gates')
    await db.drop('gate_latest') // from here on the server's word counts, whatever this clock showed before
    if (page.device) await db.keep('server_count', page.device)
  })
}

/** The server says that this account has no grid any more: nobody of the old ones stays here, what is unsent does. */
export async function carryNothing(phone: Phone): Promise<void> {
  const { db } = phone
  await db.transaction('rw', [db.households, db.people, db.places, db.tasks, db.notes, db.keys], async () => {
    await Promise.all([db.keys.delete('people'), db.people.clear(), db.households.clear(), db.places.clear(), db.tasks.clear(), db.drop('gates')])
    const scope = await db.note('scope')
    if (scope) await db.keep('scope', { ...scope, grids: [], areas: [], campaigns: [], givings: [], findings: [], position: 0, shape: '', complete: false })
  })
}

/** What was found on the spot and is not handed in yet stays: the server cannot know it. */
async function dropSlice({ db }: Phone): Promise<void> {
  const local = await db.households.filter((household) => household.local === true).primaryKeys()
  const unknown = new Set(local)
  await db.households.filter((household) => !unknown.has(household.id)).delete()
  await db.people.filter((row) => !unknown.has(row.household)).delete()
}

/** Of a campaign that begins anew the last list goes once that of today has come. */
async function dropPastOccasions({ db }: Phone, page: FeedPage): Promise<void> {
  for (const one of page.campaigns.filter((campaign) => campaign.recurs)) {
    const tasks = db.tasks.filter((task) => task.campaign === one.id)
    if (await tasks.filter((task) => task.occasion === one.occasion).first()) await db.tasks.filter((task) => task.campaign === one.id && task.occasion < one.occasion).delete()
  }
}

/** A mark has done its work once the feed shows what it stood for. Of held records only the state itself can tell. */
async function dropMarksShown({ db }: Phone, page: FeedPage): Promise<void> {
  await db.marks.filter((mark) => mark.position !== null && mark.position <= page.position).delete()
}

function nextScope(page: FeedPage, before: Scope | undefined, now: number, size: number): Scope {
  const lifetime = Math.max(0, Date.parse(page.names_until) - Date.parse(page.as_of)) // the server's own measure: our clock may be off
  return {
    grids: page.scope.grids.map((grid) => ({ ...grid, path: grid.path.filter((name, i, path) => i < path.length - 1 || name !== grid.name) })),
    areas: page.reset || !before ? page.scope.areas : before.areas,
    campaigns: page.campaigns,
    givings: page.givings ?? [],
    findings: page.findings ?? [],
    position: page.position,
    shape: page.shape,
    as_of: page.as_of,
    contact_at: now,
    names_until: now + lifetime,
    complete: !page.more,
    bytes: (before?.bytes ?? 0) + size,
  }
}

async function lockPeople(key: CryptoKey, household: Uuid, grid: Uuid, residents: FeedResident[]): Promise<People> {
  return { household, grid, box: await lock(key, JSON.stringify(residents), `people/${household}`) }
}

/** Who lives there; null when names are gone from this phone (72 hours without contact) or were never here. */
export async function residentsOf(phone: Phone, household: Uuid): Promise<FeedResident[] | null> {
  if (await forgetNamesWhenDue(phone)) return null
  const [row, kept] = await Promise.all([phone.db.people.get(household), phone.db.keys.get('people')])
  if (!row || !kept) return null
  return openPeople(kept.key, row)
}

async function openPeople(key: CryptoKey, row: People): Promise<FeedResident[] | null> {
  try {
    return JSON.parse(await unlockWith(key, row.box, `people/${row.household}`)) as FeedResident[]
  } catch (error) {
    if (error instanceof KeyGone) return null
    throw error
  }
}

export interface Found {
  household: Uuid
  resident: FeedResident
}

/** Residents whose name holds what was typed, or whose masked phone or number ends with it. Opened one by one, kept nowhere. */
export async function searchPeople(phone: Phone, typed: string, most = 50): Promise<Found[]> {
  const wanted = typed.trim().toLowerCase()
  if (!wanted || (await forgetNamesWhenDue(phone))) return []
  const kept = await phone.db.keys.get('people')
  if (!kept) return []
  const found: Found[] = []
  for (const row of await phone.db.people.toArray()) {
    for (const resident of (await openPeople(kept.key, row)) ?? []) {
      if (matches(resident, wanted)) found.push({ household: row.household, resident })
    }
    if (found.length >= most) break
  }
  return found.slice(0, most)
}

function matches(resident: FeedResident, wanted: string): boolean {
  if (resident.name.toLowerCase().includes(wanted)) return true
  return /^\d{2,4}$/.test(wanted) && [resident.phone_masked, resident.id_masked].some((masked) => masked?.endsWith(wanted))
}

/** What the worker just recorded about a household, shown at once; the next feed brings the register's own version. */
export async function showPeople(phone: Phone, household: Household, residents: FeedResident[]): Promise<void> {
  const { db } = phone
  const row = await lockPeople(await ensureKey(db, 'people'), household.id, household.grid, residents)
  await db.transaction('rw', [db.households, db.people], async () => {
    await db.households.put(household)
    await db.people.put(row)
  })
}
