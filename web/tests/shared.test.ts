import { describe, expect, test } from 'vitest'
import { agoWords, clockTime, dayWords, localDay, whenWords } from '@/shared/moments'
import { bytes, percent, thousands } from '@/shared/numbers'

const say = (key: string, values: Record<string, unknown> = {}) => `${key}${Object.values(values).length ? `:${Object.values(values).join(',')}` : ''}`

describe('moments', () => {
  const friday = new Date('2021-12-10T02:42:07Z')
  test('are told in the district’s time', () => {
    expect(clockTime(friday)).toBe('10:42')
    expect(localDay(new Date('2021-12-10T16:30:00Z'))).toBe('2021-12-11')
    expect(clockTime(new Date('2021-12-10T16:00:00Z'))).toBe('00:00')
  })
  test('name the weekday', () => expect(dayWords(friday, say)).toBe('moment.day:12,10,moment.weekday.5'))
  test('leave today unsaid', () => {
    expect(whenWords(friday, new Date('2021-12-10T09:00:00Z'), say)).toBe('10:42')
    expect(whenWords(friday, new Date('2021-12-11T09:00:00Z'), say)).toMatch(/moment.day.* 10:42/)
  })
  test('say how long ago', () => {
    expect(agoWords(friday, new Date('2021-12-10T02:42:30Z'), say)).toBe('moment.ago.now')
    expect(agoWords(friday, new Date('2021-12-10T05:42:30Z'), say)).toBe('moment.ago.hours:3')
  })
})

describe('numbers', () => {
  test('are separated by thousands', () => expect(thousands(135005)).toBe('135,005'))
  test('never round up to everybody while somebody is missing', () => {
    expect(percent(135004, 135005)).toBe('99.9 %')
    expect(percent(135005, 135005)).toBe('100.0 %')
    expect(percent(0, 0)).toBe('—')
  })
  test('of bytes', () => expect([bytes(12), bytes(640_400), bytes(1_430_000)]).toEqual(['1 kB', '640 kB', '1.4 MB']))
})
