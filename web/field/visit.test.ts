import { describe, expect, test } from 'vitest'
import type { FeedCampaign, FeedResident, Form, Question } from '@/api/types'
import { asResident, factsOf, isMeant, isTouched, newSheet, peopleCovered, residentsAfter, unfinished, fillingFor, type Sheet } from './visit'
import { yesNo } from './words'

const QUESTIONS: Question[] = [
  { code: 'fever', per: 'person', type: 'yes_no', label: { zh: '有人发热吗?', en: 'Fever?' }, default: false },
  { code: 'vaccine', per: 'household', type: 'choice', label: { zh: '接种?', en: 'Vaccinated?' }, choices: [{ value: 'all', label: '都打了' }, { value: 'some', label: '没打全' }] },
]
const FORM = { id: 'f', version: 1, title: '', questions: QUESTIONS } as Form
const CAMPAIGN = { id: 'c', occasion: '2021-12-10', form: FORM } as FeedCampaign
const TODAY = '2021-12-10'

test('yes and no are said in the words of the form, where it has its own', () => {
  const say = (key: string) => key
  const enough = { ...QUESTIONS[0]!, choices: [{ value: 'yes', label: { zh: '够', en: 'Enough' } }, { value: 'no', label: { zh: '不够', en: 'Not enough' } }] }
  expect([yesNo(enough, true, 'zh-Hans', say), yesNo(enough, false, 'en', say)]).toEqual(['够', 'Not enough'])
  expect(yesNo(QUESTIONS[0]!, false, 'en', say)).toBe('common.no')
})

const resident = (id: string, more: Partial<FeedResident> = {}): FeedResident => ({
  id, name: `张${id}`, sex: null, born_year: 1960, relation: 'head', residence_kind: 'usual', phone_masked: '138****1234', id_masked: null, status: 'present', versions: { phone: 3 }, ...more,
})
const FAMILY = [resident('a'), resident('b'), resident('c', { status: 'struck' })]

let n = 0
const facts = (sheet: Sheet, more: Partial<Parameters<typeof factsOf>[0]> = {}) =>
  factsOf({ campaign: CAMPAIGN, household: 'h', residents: FAMILY, sheet, ending: { outcome: 'done' }, today: TODAY, freshId: () => `fresh-${++n}`, ...more })
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
    expect(unfinished(FORM, fillingFor(FORM, newSheet('v', QUESTIONS), TODAY))).toEqual(['vaccine'])
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

describe('a form with conditions', () => {
  const form: Form = {
    ...FORM,
    questions: [
      ...QUESTIONS,
      { code: 'days', per: 'household', type: 'integer', label: { zh: '几天了?', en: 'Days?' }, relevant: ['of', 'fever'], required: ['is', true], constraint: ['le', ['of', 'days'], ['is', 60]] },
      { code: 'worried', per: 'household', type: 'calculate', label: { zh: '', en: '' }, calculation: ['lt', ['is', 3], ['of', 'days']] },
      { code: 'since', per: 'person', type: 'date', label: { zh: '从哪天起?', en: 'Since?' }, relevant: ['of', 'fever'] },
    ],
  }
  const campaign = { ...CAMPAIGN, form } as FeedCampaign
  const visit = (sheet: Sheet) => facts(sheet, { campaign })[0]!.body as { answers: object; exceptions: object[] }

  test('sends what is shown and what follows, nothing that was hidden again', () => {
    expect(visit(sheetWith({ answers: { fever: false, vaccine: 'all', days: 5 } })).answers).toEqual({ fever: false, vaccine: 'all' })
    expect(visit(sheetWith({ answers: { fever: true, vaccine: 'all', days: 5 } })).answers).toEqual({ fever: true, vaccine: 'all', days: 5, worried: true })
  })
  test('asks on when one person said yes, and leaves the answer of the others as it was', () => {
    const sheet = sheetWith({ answers: { fever: false, vaccine: 'all', days: 2 }, exceptions: { b: { fever: true, since: '2021-12-09' }, a: { since: '2021-12-01' } } })
    expect(visit(sheet)).toMatchObject({ answers: { fever: false, days: 2, worried: false }, exceptions: [{ resident: 'b', answers: { fever: true, since: '2021-12-09' } }] })
  })
  test('means what it says is required, and says what does not fit', () => {
    const open = (answers: Sheet['answers']) => unfinished(form, fillingFor(form, sheetWith({ answers }), TODAY))
    expect(open({ fever: false })).toEqual([])
    expect(open({ fever: true })).toEqual(['days'])
    expect(open({ fever: true, days: 61 })).toEqual(['days'])
  })
})

describe('whom of a household a campaign is about', () => {
  const born = (year: number | null) => ({ ...asResident('r', { name: '张三' }, (phone) => phone), born_year: year })
  const heat = { from_years: 80, alone_from: 60 }
  test('is said of the old, and of the not so old who live alone', () => {
    expect([1940, 1942, 1960].map((year) => isMeant(born(year), heat, false, '2021-12-10'))).toEqual([true, false, false])
    expect([1940, 1960, 1962].map((year) => isMeant(born(year), heat, true, '2021-12-10'))).toEqual([true, true, false])
  })
  test('is said of the very young', () => expect([2021, 2014, 2013].map((year) => isMeant(born(year), { until_years: 6 }, false, '2021-12-10'))).toEqual([true, true, false]))
  test('is not guessed without a year, nor where everybody is meant', () => {
    expect(isMeant(born(null), heat, true, '2021-12-10')).toBe(false)
    expect(isMeant(born(1930), null, true, '2021-12-10')).toBe(false)
  })
})
