/** Rules that server and phone judge alike: the cases stand with the server's modules, pytest runs the same. */
import { describe, expect, test } from 'vitest'
import type { Outcome, Recurrence, TaskState } from '@/api/types'
import campaigns from '../../src/lianfang/ground/campaigns/vectors.json'
import register from '../../src/lianfang/ground/registry/vectors.json'
import { checkSign, usualNumber, wrongWithId } from '@/shared/identity'
import { maskId, maskName, maskPhone } from '@/shared/masks'
import { standingGiving } from '@/shared/giving'
import { HOUSE_POLICY, nextCall, type Tried } from '@/shared/next_call'
import { nextOccasion, occasionOn } from '@/shared/occasions'
import { joinStates, stateAfter } from '@/shared/task_state'

describe('masks', () => {
  const masked = { name: maskName, phone: maskPhone, id: maskId }
  test.each(register.masks)('$of: $case', ({ of, text, mask }) => expect(masked[of as keyof typeof masked](text)).toBe(mask))
})

describe('identity numbers of the register’s cases', () => {
  const cards = register.identity.filter((one) => one.kind === 'identity_card')
  test.each(cards)('$case', ({ text, read }) => {
    expect(wrongWithId(text)).toBe(read.wrong)
    if (!(read.odd as string[]).includes('registry.id_number_15')) expect(usualNumber(text)).toBe(read.number)
  })
})

describe('identity numbers', () => {
  const first = '99999919491231002'
  test('are decided by the check digit', () => {
    expect(wrongWithId(first + checkSign(first))).toBeNull()
    const wrong = checkSign(first) === '1' ? '2' : '1'
    expect(wrongWithId(first + wrong)).toBe('registry.id_number_check_digit')
  })
  test('take a lower-case x and full-width digits', () => expect(usualNumber(' 123x ')).toBe('123X'))
  test('of another length are told so, 15 digits are left alone', () => {
    expect(wrongWithId('1234')).toBe('registry.id_number_length')
    expect(wrongWithId('330325491231002')).toBeNull()
  })
})

describe('when to call again', () => {
  test.each(campaigns.calls)('$name', (one) => {
    const tried: Tried = { attempts: one.attempts ?? 0, refusals: one.refusals ?? 0, last: one.last ?? null, appointment: one.appointment ?? null }
    expect(nextCall(tried, one.policy ?? HOUSE_POLICY, one.at)).toMatchObject(one.call)
  })
})

describe('whose doors they are', () => {
  test.each(campaigns.givings)('$name', (one) => {
    const said = one.said.map((word, n) => ({ id: word.id, grid: word.grid, hands: word.to as string[], since: word.since, areas: ('areas' in word ? word.areas : []) ?? [], households: ('households' in word ? word.households : []) ?? [], position: n + 1 }))
    const door = { household: one.door.household, within: new Set(one.door.within) }
    for (const order of [said, [...said].reverse()]) expect(standingGiving(door, order, one.at)?.id ?? null).toBe(one.stands)
  })
})

describe('to which occasion a day belongs', () => {
  test.each(campaigns.occasions)('$name', (one) => {
    const recurring = { ...one, recurs: one.recurs as Recurrence }
    const found = occasionOn(recurring, one.day)
    expect([found?.occasion ?? null, found?.ends_on ?? null, nextOccasion(recurring, one.day)]).toEqual([one.occasion, one.until, one.next])
  })
})

describe('how far a task has come', () => {
  const outcomes: Outcome[] = ['done', 'nobody_home', 'refused', 'elsewhere', 'moved_away', 'vacant']
  test('is a join: order and repeats change nothing', () => {
    for (const a of outcomes) for (const b of outcomes) {
      const [x, y] = [stateAfter(a), stateAfter(b)]
      expect(joinStates(x, y)).toBe(joinStates(y, x))
      expect(joinStates(x, y, x)).toBe(joinStates(x, y))
    }
  })
  test.each(campaigns.join)('%s and %s make %s', (one, other, both) => {
    expect(joinStates(one as TaskState, other as TaskState)).toBe(both)
    expect(joinStates(other as TaskState, one as TaskState)).toBe(both)
  })
  test('follows from each outcome', () => expect(Object.fromEntries(outcomes.map((outcome) => [outcome, stateAfter(outcome)]))).toEqual(campaigns.state_of))
  test('begins untouched', () => expect(joinStates()).toBe<TaskState>('untouched'))
})
