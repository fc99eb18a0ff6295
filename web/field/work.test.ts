import { describe, expect, test } from 'vitest'
import type { FeedCampaign, FeedTask, Outcome, TaskState } from '@/api/types'
import type { Household, Mark } from '@/outbox/store'
import { doorsOf, nextDoor, placesUnder, progress, shortDoor, standing, type Known } from './work'

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
