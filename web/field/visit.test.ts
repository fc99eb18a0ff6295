import { describe, expect, test } from 'vitest'
import type { FeedCampaign, FeedResident, Question } from '@/api/types'
import { factsOf, isTouched, newSheet, peopleCovered, residentsAfter, unanswered, type Sheet } from './visit'

const QUESTIONS: Question[] = [
  { code: 'fever', per: 'person', type: 'yes_no', label: { zh: '有人发热吗?', en: 'Fever?' }, default: false },
  { code: 'vaccine', per: 'household', type: 'choice', label: { zh: '接种?', en: 'Vaccinated?' }, choices: [{ value: 'all', label: '都打了' }, { value: 'some', label: '没打全' }] },
]
const CAMPAIGN = { id: 'c', occasion: '2021-12-10' } as FeedCampaign
const resident = (id: string, more: Partial<FeedResident> = {}): FeedResident => ({
  id, name: `张${id}`, sex: null, born_year: 1960, relation: 'head', residence_kind: 'usual', phone_masked: '138****1234', id_masked: null, status: 'present', versions: { phone: 3 }, ...more,
})
const FAMILY = [resident('a'), resident('b'), resident('c', { status: 'struck' })]

let n = 0
const facts = (sheet: Sheet, more: Partial<Parameters<typeof factsOf>[0]> = {}) =>
  factsOf({ campaign: CAMPAIGN, household: 'h', residents: FAMILY, sheet, ending: { outcome: 'done' }, freshId: () => `fresh-${++n}`, ...more })
const sheetWith = (more: Partial<Sheet>): Sheet => ({ ...newSheet('v', QUESTIONS), ...more })

test('a visit carries who was at home, the household’s answers, and how many it covers', () => {
  const [visit] = facts(sheetWith({ present: ['a'], answers: { fever: false, vaccine: 'all' } }))
  expect(visit).toEqual({
    id: 'v', kind: 'screening.household_visited.v1',
    body: {
      task: { campaign: 'c', target: 'h', occasion: '2021-12-10', outcome: 'done' },
      present: ['a'], answers: { fever: false, vaccine: 'all' }, exceptions: [], people: 2,
    },
  })
})

test('questions are answered once for the household, exceptions by person', () => {
  const [visit] = facts(sheetWith({ exceptions: { b: { fever: true }, c: { fever: true } } }))
  expect(visit!.body).toMatchObject({ answers: { fever: false }, exceptions: [{ resident: 'b', answers: { fever: true } }] })
})

test('each changed fact is a record of its own, the visit its parent', () => {
  const changes = facts(sheetWith({
    added: [{ id: 'new', person: { name: '王小明', phone: '', relation: 'child' } }], struck: { a: 'moved_away' }, edits: { b: { phone: '13900001111' }, a: { name: '不算' } },
  })).slice(1)
  expect(changes.map((change) => change.body)).toEqual([
    { household: 'h', parent: 'v', change: 'added', resident: 'new', person: { name: '王小明', relation: 'child' } },
    { household: 'h', parent: 'v', change: 'struck', resident: 'a', reason: 'moved_away', versions: { phone: 3 } },
    { household: 'h', parent: 'v', change: 'field', resident: 'b', field: 'phone', base_version: 3, value: '13900001111' },
  ])
  expect(new Set(changes.map((change) => change.id)).size).toBe(3)
})

test('people covered are those who live there now, with the new and without the struck', () => {
  expect(peopleCovered(FAMILY, sheetWith({}))).toBe(2)
  expect(peopleCovered(FAMILY, sheetWith({ struck: { a: 'died' }, added: [{ id: 'x', person: { name: '' } }] }))).toBe(2)
  expect(peopleCovered(null, sheetWith({ met: 4 }))).toBe(4)
})

test('where nobody was met nothing is said about anybody', () => {
  const [visit] = facts(sheetWith({ present: ['a'] }), { ending: { outcome: 'nobody_home', appointment: '2021-12-10T19:30' } })
  expect(visit!.body).toMatchObject({ present: [], answers: {}, exceptions: [], people: 0, task: { outcome: 'nobody_home', appointment: '2021-12-10T19:30' } })
})

describe('a sheet', () => {
  test('begins with what is usual and misses what is not', () => {
    expect(newSheet('v', QUESTIONS).answers).toEqual({ fever: false })
    expect(unanswered(QUESTIONS, newSheet('v', QUESTIONS)).map((question) => question.code)).toEqual(['vaccine'])
  })
  test('is a draft once it was touched', () => {
    expect(isTouched(sheetWith({}), QUESTIONS)).toBe(false)
    expect(isTouched(sheetWith({ present: ['a'] }), QUESTIONS)).toBe(true)
  })
})

test('the household is shown as it will be, the new number masked', () => {
  const after = residentsAfter(FAMILY, sheetWith({ struck: { a: 'died' }, edits: { b: { phone: '13900001111', relation: 'spouse' } }, added: [{ id: 'x', person: { name: '王小明', born_on: '2016-05-01' } }] }), () => '139****1111')
  expect(after.map((one) => [one.id, one.status, one.phone_masked, one.relation, one.born_year])).toEqual([
    ['a', 'struck', '138****1234', 'head', 1960], ['b', 'present', '139****1111', 'spouse', 1960], ['c', 'struck', '138****1234', 'head', 1960], ['x', 'present', null, null, 2016],
  ])
})
