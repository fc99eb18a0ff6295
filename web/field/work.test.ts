import { describe, expect, test } from 'vitest'
import type { FeedCampaign, FeedGiving, FeedTask, Outcome, TaskState } from '@/api/types'
import type { Household, Mark } from '@/outbox/store'
import { callAt, doorsOf, givenOf, nextDoor, onDay, placesUnder, progress, shortDoor, standing, type Known } from './work'

const CAMPAIGN = { id: 'c', occasion: '2021-12-10' } as FeedCampaign
const key = (target: string) => `c/2021-12-10/${target}`

function household(id: string, walk: number, more: Partial<Household> = {}): Household {
  return { id, dwelling: `d-${id}`, area: 'e1', grid: 'g', door: `3幢2单元${id}`, walk, status: 'present', position: 1, ...more }
}
function task(target: string, state: TaskState, outcome: Outcome | null = null): [string, FeedTask] {
  return [key(target), { campaign: 'c', target, occasion: '2021-12-10', state, outcome, at: null, position: 1 }]
}
function mark(target: string, outcome: Outcome, more: Partial<Mark> = {}): Mark {
  return { record: `r-${target}-${outcome}`, task: key(target), target, outcome, at: '2021-12-10T02:00:00Z', people: 1, corrects: false, position: null, ...more }
}
function known(options: { tasks?: [string, FeedTask][]; marks?: Mark[]; appointments?: Record<string, string> }): Known {
  const marks = new Map<string, Mark[]>()
  for (const one of options.marks ?? []) marks.set(one.task, [...(marks.get(one.task) ?? []), one])
  return {
    tasks: new Map(options.tasks ?? []), marks,
    appointments: new Map(Object.entries(options.appointments ?? {}).map(([target, at]) => [key(target), { task: key(target), target, at }])),
  }
}

const FOUR = [household('401', 1), household('402', 2), household('403', 3), household('404', 4)]
const ALL = FOUR.map((one) => task(one.id, 'untouched'))

describe('where a door stands', () => {
  test('is what phone and server know together, in whatever order they learnt it', () => {
    expect(standing(CAMPAIGN, '401', known({ tasks: [task('401', 'attempted', 'nobody_home')], marks: [mark('401', 'done')] })).state).toBe('done')
    expect(standing(CAMPAIGN, '401', known({ tasks: [task('401', 'done', 'done')], marks: [mark('401', 'nobody_home')] })).state).toBe('done')
  })
  test('goes back only by a correction', () => {
    const corrected = known({ tasks: [task('401', 'struck', 'vacant')], marks: [mark('401', 'nobody_home', { corrects: true })] })
    expect(standing(CAMPAIGN, '401', corrected).state).toBe('attempted')
    const metSince = known({ tasks: [task('401', 'struck', 'vacant')], marks: [mark('401', 'nobody_home', { corrects: true }), mark('401', 'done')] })
    expect(standing(CAMPAIGN, '401', metSince).state).toBe('done')
  })
  test('keeps a promise only while the door is open', () => {
    const promised = { appointments: { '401': '2021-12-10T19:30' } }
    expect(standing(CAMPAIGN, '401', known({ ...promised, marks: [mark('401', 'nobody_home')] })).appointment).toBe('2021-12-10T19:30')
    expect(standing(CAMPAIGN, '401', known({ ...promised, marks: [mark('401', 'done')] })).appointment).toBeNull()
  })
})

describe('a campaign that begins anew', () => {
  const weekly = { ...CAMPAIGN, starts_on: '2021-12-06', ends_on: '2021-12-31', recurs: { every: 'weekly', weekday: 5 } } as FeedCampaign
  test('has the occasion of the day, also without a network, and none before the first', () => {
    expect(onDay(weekly, '2021-12-16').map((one) => one.occasion)).toEqual(['2021-12-10'])
    expect(onDay(weekly, '2021-12-17').map((one) => one.occasion)).toEqual(['2021-12-17'])
    expect(onDay(weekly, '2021-12-09')).toEqual([])
  })
  test('asks everybody of the last list anew until that of the day has come', () => {
    const [next] = onDay(weekly, '2021-12-17')
    const before = known({ tasks: [task('401', 'done', 'done'), task('402', 'attempted', 'refused')] })
    expect(doorsOf(next!, FOUR, before).map((door) => [door.household.id, door.state])).toEqual([['401', 'untouched'], ['402', 'untouched']])
    const fresh: [string, FeedTask] = ['c/2021-12-17/403', { ...task('403', 'untouched')[1], occasion: '2021-12-17' }]
    expect(doorsOf(next!, FOUR, { ...before, tasks: new Map([...before.tasks, fresh]) }).map((door) => door.household.id)).toEqual(['403'])
  })
})

describe('the remainder', () => {
  test('is named and adds up', () => {
    const doors = doorsOf(CAMPAIGN, FOUR, known({ tasks: ALL, marks: [mark('401', 'done'), mark('402', 'nobody_home'), mark('403', 'refused')], appointments: { '403': '2021-12-10T19:30' } }))
    expect(progress(doors)).toEqual({ total: 4, done: 1, remaining: 3, attempted: 1, promised: 1, untouched: 1, struck: 0 })
  })
  test('leaves struck doors out of what is asked', () => {
    const doors = doorsOf(CAMPAIGN, FOUR, known({ tasks: ALL, marks: [mark('401', 'moved_away')] }))
    expect(progress(doors)).toMatchObject({ total: 3, remaining: 3, struck: 1 })
  })
  test('asks only doors that the campaign lists, and those found on the spot', () => {
    const doors = doorsOf(CAMPAIGN, [...FOUR, household('405', 5, { local: true })], known({ tasks: ALL.slice(0, 2) }))
    expect(doors.map((door) => door.household.id)).toEqual(['401', '402', '405'])
  })
  test('knows every door when nothing is asked', () => {
    expect(doorsOf(null, FOUR, known({}))).toHaveLength(4)
  })
})

describe('when to call again', () => {
  test('counts what this phone did on top of what the server knows', () => {
    const server: [string, FeedTask] = [key('401'), { ...task('401', 'attempted', 'refused')[1], at: '2021-12-09T01:00:00Z', attempts: 1, refusals: 1 }]
    const stands = standing(CAMPAIGN, '401', known({ tasks: [server], marks: [mark('401', 'refused')] }))
    expect([stands.attempts, stands.refusals]).toEqual([2, 2])
    expect(callAt(stands, CAMPAIGN, '2021-12-10T19:00').step).toBe('closed')
  })
  test('follows the policy of the campaign', () => {
    const stands = standing(CAMPAIGN, '401', known({ tasks: ALL, marks: [mark('401', 'nobody_home')] })) // at 10:00
    expect(callAt(stands, CAMPAIGN, '2021-12-10T11:00').not_before).toBe('2021-12-10T18:00')
    const always = { ...CAMPAIGN, attempts: { hours_between: 1, off_peak_from: null, notice_at: 2, quiet_from: '21:00', quiet_until: '08:00' } }
    expect(callAt(stands, always, '2021-12-10T11:00')).toEqual({ step: 'now', not_before: null, attempt: 2, leave_notice: true })
  })
})

describe('the next door', () => {
  const doors = (marks: Mark[], appointments = {}) => doorsOf(CAMPAIGN, FOUR, known({ tasks: ALL, marks, appointments }))
  test('follows the walk and comes around', () => {
    expect(nextDoor(doors([]), null, '')?.household.id).toBe('401')
    expect(nextDoor(doors([]), '402', '')?.household.id).toBe('403')
    expect(nextDoor(doors([mark('404', 'done')]), '403', '')?.household.id).toBe('401')
  })
  test('is one not yet tried before one that was', () => {
    expect(nextDoor(doors([mark('403', 'nobody_home')]), '402', '')?.household.id).toBe('404')
  })
  test('is a promise once its hour has come, before one without', () => {
    const marks = ['401', '402', '403', '404'].map((id) => mark(id, 'nobody_home'))
    const promised = { '404': '2021-12-10T19:30' }
    expect(nextDoor(doors(marks, promised), '401', '2021-12-10T18:00')?.household.id).toBe('402')
    expect(nextDoor(doors(marks, promised), '401', '2021-12-10T19:30')?.household.id).toBe('404')
  })
  test('is of those tried before the one whose time comes first, and never who refused twice', () => {
    const early = { at: '2021-12-10T01:00:00Z' } // 9:00, so from 18:00 on
    const late = { at: '2021-12-10T08:30:00Z' } // 16:30, so from 20:30 on
    const marks = [mark('401', 'nobody_home', late), mark('402', 'refused', early), mark('402', 'refused', { ...early, record: 'again' }), mark('403', 'elsewhere', early), mark('404', 'done')]
    expect(nextDoor(doors(marks), '401', '2021-12-10T10:00')?.household.id).toBe('403')
    expect(nextDoor(doors(marks), '403', '2021-12-10T19:00')?.household.id).toBe('401')
    expect(nextDoor(doors(marks.slice(1, 3).concat(['401', '403', '404'].map((id) => mark(id, 'done')))), null, '2021-12-12T10:00')).toBeNull()
  })
  test('is nobody when all are reached', () => {
    expect(nextDoor(doors(FOUR.map((one) => mark(one.id, 'done'))), null, '')).toBeNull()
  })
  test('is told shortly while one stays under the same entrance', () => {
    expect(shortDoor('3幢2单元402', '3幢2单元403')).toBe('403')
    expect(shortDoor('3幢2单元402', '3幢3单元101')).toBe('3幢3单元101')
    expect(shortDoor('幸福路12号', '幸福路14号')).toBe('14号')
  })
})

test('places come in walking order and empty ones stay out', () => {
  const areas = [
    { id: 'b2', parent: 'g', kind: 'building' as const, name: '2幢' }, { id: 'b1', parent: 'g', kind: 'building' as const, name: '1幢' },
    { id: 'b3', parent: 'g', kind: 'building' as const, name: '3幢' }, { id: 'e1', parent: 'b1', kind: 'entrance' as const, name: '1单元' },
  ]
  const doors = doorsOf(null, [household('a', 9, { area: 'e1' }), household('b', 2, { area: 'b2' })], known({}))
  expect(placesUnder('g', areas, doors).map((place) => place.area.name)).toEqual(['2幢', '1幢'])
})

test('doors go by the way through the grid, and by number where nobody has drawn it', () => {
  const area = (id: string, walk: number | null) => ({ id, parent: 'g', kind: 'building' as const, name: id, walk })
  const homes = [household('a', 1, { area: 'b1' }), household('b', 2, { area: 'b2' }), household('c', 3, { area: 'b3' }), household('d', 4, { area: 'b3' })]
  const inOrder = (areas: ReturnType<typeof area>[]) => doorsOf(null, homes, known({}), areas).map((door) => door.household.id)
  expect(inOrder([area('b1', 0), area('b3', 1), area('b2', 2)])).toEqual(['a', 'c', 'd', 'b'])
  expect(inOrder([area('b3', 0), area('b1', null)])).toEqual(['c', 'd', 'a', 'b'])
  expect(inOrder([])).toEqual(['a', 'b', 'c', 'd'])
})

describe('whose doors they are', () => {
  const areas = [{ id: 'b1', parent: 'g', kind: 'building' as const, name: '3幢' }, { id: 'e1', parent: 'b1', kind: 'entrance' as const, name: '2单元' }]
  const word = (more: Partial<FeedGiving>): FeedGiving => ({ id: 'w', campaign: 'c', grid: 'g', areas: [], households: [], since: '2021-12-10T01:00:00Z', position: 1, mine: true, hands: ['张'], team: null, reason: null, ...more })
  const doors = doorsOf(CAMPAIGN, FOUR, known({ tasks: ALL }))
  const at = '2021-12-10T02:00:00Z'
  test('a building given to others leaves the rest, and a word of another campaign says nothing', () => {
    const theirs = word({ mine: false, areas: ['b1'] })
    expect([...givenOf(CAMPAIGN, doors, [theirs], areas, at).keys()]).toEqual(['401', '402', '403', '404'])
    expect(givenOf(CAMPAIGN, doors, [word({ campaign: 'd' })], areas, at).size).toBe(0)
    expect([...givenOf(CAMPAIGN, doors, [word({ households: ['402'] })], areas, at).keys()]).toEqual(['402'])
  })
  test('a door that no area is known of lies in its grid all the same', () => {
    expect(givenOf(CAMPAIGN, doors, [word({})], [], at).size).toBe(4)
  })
})
