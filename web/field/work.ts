/** What a worker has before her: which doors, in what order, how far each has come. Pure. */
import type { Day, FeedArea, FeedCampaign, FeedGiving, FeedTask, Outcome, TaskState, Uuid } from '@/api/types'
import type { Appointment, Household, Mark } from '@/outbox/store'
import { chains, standingGiving } from '@/shared/giving'
import { HOUSE_POLICY, nextCall, type Call } from '@/shared/next_call'
import { occasionOn } from '@/shared/occasions'
import { joinStates, stateAfter } from '@/shared/task_state'

export interface Standing {
  state: TaskState
  outcome: Outcome | null
  /** Of the latest attempt, local or the server's. */
  at: string | null
  appointment: string | null
  attempts: number
  refusals: number
  /** Not on the server's list yet. */
  pending: boolean
}

export interface Door extends Standing {
  household: Household
}

export interface Known {
  tasks: ReadonlyMap<string, FeedTask>
  marks: ReadonlyMap<string, readonly Mark[]>
  appointments: ReadonlyMap<string, Appointment>
}

export function keyOf(campaign: FeedCampaign, target: Uuid): string {
  return `${campaign.id}/${campaign.occasion}/${target}`
}

/** The campaign as it is on a day: one that begins anew has that day's occasion, also without a network. */
export function onDay(campaign: FeedCampaign, day: Day): FeedCampaign[] {
  if (day < campaign.starts_on || day > campaign.ends_on) return []
  if (!campaign.recurs) return [campaign]
  const today = occasionOn({ ...campaign, recurs: campaign.recurs }, day)
  return today ? [{ ...campaign, occasion: today.occasion }] : []
}

/** Who is asked: whoever is on the list; as long as that of a new occasion has not come, whoever was on the last one. */
function askedOf(campaign: FeedCampaign, known: Known): ReadonlySet<Uuid> {
  const mine = [...known.tasks.values()].filter((task) => task.campaign === campaign.id)
  const today = mine.filter((task) => task.occasion === campaign.occasion)
  return new Set((today.length || !campaign.recurs ? today : mine).map((task) => task.target))
}

export function standing(campaign: FeedCampaign, target: Uuid, known: Known): Standing {
  const key = keyOf(campaign, target)
  const task = known.tasks.get(key)
  const marks = known.marks.get(key) ?? []
  // A correction takes the place of what was known when it was made; what is recorded after it joins as ever.
  const corrected = marks.some((mark) => mark.corrects)
  const before = corrected ? 'untouched' : (task?.state ?? 'untouched')
  const state = joinStates(before, ...marks.map((mark) => stateAfter(mark.outcome)))
  const last = marks.reduce<Mark | null>((latest, mark) => (!latest || mark.at > latest.at ? mark : latest), null)
  return {
    state,
    outcome: last?.outcome ?? task?.outcome ?? null,
    at: last?.at ?? task?.at ?? null,
    appointment: state === 'attempted' ? (known.appointments.get(key)?.at ?? task?.appointment ?? null) : null,
    attempts: (corrected ? 0 : (task?.attempts ?? 0)) + marks.filter((mark) => stateAfter(mark.outcome) === 'attempted').length,
    refusals: (corrected ? 0 : (task?.refusals ?? 0)) + marks.filter((mark) => mark.outcome === 'refused').length,
    pending: marks.length > 0,
  }
}

const NOTHING_SAID = { state: 'untouched', outcome: null, at: null, appointment: null, attempts: 0, refusals: 0, pending: false } as const

/** When this door may be called at again; `now` as 2021-12-10T19:30 of the district. */
export function callAt(door: Standing, campaign: FeedCampaign | null, now: string): Call {
  const last = door.at ? new Date(Date.parse(door.at) + 8 * 3_600_000).toISOString().slice(0, 16) : null
  return nextCall({ ...door, last }, campaign?.attempts ?? HOUSE_POLICY, now)
}

/** Where each building and entrance comes on the way through the grid; those nobody has drawn come last. */
export function wayOf(areas: readonly FeedArea[]): (area: Uuid) => number {
  const ranks = new Map(areas.flatMap((area) => (typeof area.walk === 'number' ? [[area.id, area.walk] as const] : [])))
  return (area) => ranks.get(area) ?? Number.MAX_SAFE_INTEGER
}

/** The doors of a campaign in walking order. Without a campaign: every door, nothing asked of it. */
export function doorsOf(campaign: FeedCampaign | null, households: readonly Household[], known: Known, areas: readonly FeedArea[] = []): Door[] {
  const way = wayOf(areas)
  const inOrder = households
    .filter((household) => household.status !== 'struck' || household.local)
    .sort((a, b) => way(a.area) - way(b.area) || a.walk - b.walk || a.door.localeCompare(b.door, 'zh-Hans', { numeric: true }))
  if (!campaign) return inOrder.map((household) => ({ household, ...NOTHING_SAID }))
  const asked = askedOf(campaign, known)
  const isAsked = (household: Household) => asked.has(household.id) || known.marks.has(keyOf(campaign, household.id)) || household.local === true
  return inOrder.filter(isAsked).map((household) => ({ household, ...standing(campaign, household.id, known) }))
}

/** Which of these doors were given to whom, by household; a door that is everybody's is not among them. */
export function givenOf(campaign: FeedCampaign | null, doors: readonly Door[], said: readonly FeedGiving[], areas: readonly FeedArea[], at: string): Map<Uuid, FeedGiving> {
  const mine = said.filter((word) => word.campaign === campaign?.id)
  const given = new Map<Uuid, FeedGiving>()
  if (!mine.length) return given
  const chain = chains(areas)
  for (const { household } of doors) {
    const word = standingGiving({ household: household.id, within: chain(household.area).add(household.grid) }, mine, at)
    if (word) given.set(household.id, word)
  }
  return given
}

export interface Progress {
  /** 应查: on the list or found, not struck. */
  total: number
  done: number
  remaining: number
  /** The remainder, named: nobody home (or refused, elsewhere), promised, not yet tried. */
  attempted: number
  promised: number
  untouched: number
  struck: number
}

export function progress(doors: readonly Door[]): Progress {
  const count = (wanted: (door: Door) => boolean) => doors.filter(wanted).length
  const struck = count((door) => door.state === 'struck')
  const done = count((door) => door.state === 'done')
  const promised = count((door) => door.state === 'attempted' && door.appointment !== null)
  const tried = count((door) => door.state === 'attempted')
  const total = doors.length - struck
  return { total, done, struck, promised, attempted: tried - promised, untouched: total - done - tried, remaining: total - done }
}

/**
 * The next door that was not tried yet, walking on from `after` and around; then promised ones whose hour has come; then those tried before
 * whose time it is; then the one whose time comes first. Who refused twice is never the next.
 */
export function nextDoor(doors: readonly Door[], after: Uuid | null, now: string, campaign: FeedCampaign | null = null): Door | null {
  const start = doors.findIndex((door) => door.household.id === after) + 1
  const around = [...doors.slice(start), ...doors.slice(0, start)].filter((door) => door.household.id !== after)
  return (
    around.find((door) => door.state === 'untouched') ??
    around.find((door) => door.state === 'attempted' && door.appointment !== null && door.appointment <= now) ??
    soonest(around.filter((door) => door.state === 'attempted'), campaign, now)
  )
}

function soonest(doors: readonly Door[], campaign: FeedCampaign | null, now: string): Door | null {
  let first: Door | null = null
  let since = ''
  for (const door of doors) {
    const call = callAt(door, campaign, now)
    const at = call.not_before ?? ''
    if (call.step !== 'closed' && (!first || at < since)) [first, since] = [door, at]
  }
  return first
}

/** 402→403 reads faster than the whole address twice: what remains of a door once the area above it is named. */
export function shortDoor(door: string, next: string): string {
  const common = [...next].findIndex((char, i) => char !== door[i])
  const lastWord = /(?:\d+|[A-Za-z]+)\D*$/.exec(next)
  return lastWord && common >= lastWord.index ? next.slice(lastWord.index) : next
}

export interface Place {
  area: FeedArea
  doors: Door[]
  progress: Progress
}

/** The areas directly under one, with the doors in and below each; empty ones left out. */
export function placesUnder(parent: Uuid, areas: readonly FeedArea[], doors: readonly Door[]): Place[] {
  return areas
    .filter((area) => area.parent === parent)
    .map((area) => {
      const below = withBelow(area.id, areas)
      const here = doors.filter((door) => below.has(door.household.area))
      return { area, doors: here, progress: progress(here) }
    })
    .filter((place) => place.doors.length > 0)
    .sort((a, b) => doors.indexOf(a.doors[0]!) - doors.indexOf(b.doors[0]!) || a.area.name.localeCompare(b.area.name, 'zh-Hans', { numeric: true }))
}

export function withBelow(root: Uuid, areas: readonly FeedArea[]): Set<Uuid> {
  const found = new Set([root])
  for (let grew = true; grew; ) {
    grew = false
    for (const area of areas) {
      if (found.has(area.parent) && !found.has(area.id)) {
        found.add(area.id)
        grew = true
      }
    }
  }
  return found
}
