/** Rules that server and phone judge alike. */
import { describe, expect, test } from 'vitest'
import type { Outcome, TaskState } from '@/api/types'
import { checkSign, usualNumber, wrongWithId } from '@/shared/identity'
import { maskId, maskName, maskPhone } from '@/shared/masks'
import { joinStates, stateAfter } from '@/shared/task_state'

describe('masks', () => {
  test.each([['张三', '张**'], ['欧阳娜娜', '欧**'], ['龙', '**'], ['', ''], ['\u200f阿卜杜拉·买买提', '阿**']])('%s → %s', (name, masked) => expect(maskName(name)).toBe(masked))
  test.each([['13800001234', '138****1234'], ['+86 138-0000-1234', '138****1234'], ['0577-65812345', '****45'], ['110', '****'], ['', '']])('%s → %s', (phone, masked) => expect(maskPhone(phone)).toBe(masked))
  test.each([['99999919491231002x', '****002X'], ['H123', '****'], ['', '']])('%s → %s', (number, masked) => expect(maskId(number)).toBe(masked))
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

describe('how far a task has come', () => {
  const outcomes: Outcome[] = ['done', 'nobody_home', 'refused', 'elsewhere', 'moved_away', 'vacant']
  test('is a join: order and repeats change nothing', () => {
    for (const a of outcomes) for (const b of outcomes) {
      const [x, y] = [stateAfter(a), stateAfter(b)]
      expect(joinStates(x, y)).toBe(joinStates(y, x))
      expect(joinStates(x, y, x)).toBe(joinStates(x, y))
    }
  })
  test('begins untouched', () => expect(joinStates()).toBe<TaskState>('untouched'))
})
