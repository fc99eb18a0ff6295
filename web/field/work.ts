/** What a worker has before her: which doors, in what order, how far each has come. Pure. */
import type { FeedArea, FeedCampaign, FeedTask, Outcome, TaskState, Uuid } from '@/api/types'
import type { Appointment, Household, Mark } from '@/outbox/store'
import { joinStates, stateAfter } from '@/shared/task_state'

export interface Standing {
  state: TaskState
  outcome: Outcome | null
  /** Of the latest attempt, local or the server's. */
  at: string | null
  appointment: string | null
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

export function standing(campaign: FeedCampaign, target: Uuid, known: Known): Standing {
  const key = keyOf(campaign, target)
  const task = known.tasks.get(key)
  const marks = known.marks.get(key) ?? []
  // A correction takes the place of what was known when it was made; what is recorded after it joins as ever.
  const before = marks.some((mark) => mark.corrects) ? 'untouched' : (task?.state ?? 'untouched')
  const state = joinStates(before, ...marks.map((mark) => stateAfter(mark.outcome)))
  const last = marks.reduce<Mark | null>((latest, mark) => (!latest || mark.at > latest.at ? mark : latest), null)
  return {
    state,
    outcome: last?.outcome ?? task?.outcome ?? null,
    at: last?.at ?? task?.at ?? null,
    appointment: state === 'attempted' ? (known.appointments.get(key)?.at ?? task?.appointment ?? null) : null,
    pending: marks.length > 0,
  }
}

/** The doors of a campaign in walking order. Without a campaign: every door, nothing asked of it. */
export function doorsOf(campaign: FeedCampaign | null, households: readonly Household[], known: Known): Door[] {
  const inOrder = households
    .filter((household) => household.status !== 'struck' || household.local)
    .sort((a, b) => a.walk - b.walk || a.door.localeCompare(b.door, 'zh-Hans', { numeric: true }))
  if (!campaign) return inOrder.map((household) => ({ household, state: 'untouched', outcome: null, at: null, appointment: null, pending: false }))
  const isAsked = (household: Household) => {
    const key = keyOf(campaign, household.id)
    return known.tasks.has(key) || known.marks.has(key) || household.local === true
  }
  return inOrder.filter(isAsked).map((household) => ({ household, ...standing(campaign, household.id, known) }))
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

/** The next door that was not tried yet, walking on from `after` and around; then promised ones whose hour has come; then those tried before. */
export function nextDoor(doors: readonly Door[], after: Uuid | null, now: string): Door | null {
  const start = doors.findIndex((door) => door.household.id === after) + 1
  const around = [...doors.slice(start), ...doors.slice(0, start)].filter((door) => door.household.id !== after)
  return (
    around.find((door) => door.state === 'untouched') ??
    around.find((door) => door.state === 'attempted' && door.appointment !== null && door.appointment <= now) ??
    around.find((door) => door.state === 'attempted' && door.appointment === null) ??
    around.find((door) => door.state === 'attempted') ??
    null
  )
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
    .sort((a, b) => (a.doors[0]!.household.walk - b.doors[0]!.household.walk) || a.area.name.localeCompare(b.area.name, 'zh-Hans', { numeric: true }))
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
