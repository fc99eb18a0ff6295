import { describe, expect, test } from 'vitest'
import zh from '@/desk/locale/zh-Hans.json'
import en from '@/desk/locale/en.json'
import type { Health, Overview, Pace, Reasons, Totals } from '@/api/desk'
import { alarmsOf, healthItems } from '@/desk/overview/health'
import { paceSentence, paceShort } from '@/desk/campaigns/pace'
import { dueSentence, everyHour, remainderSentence } from '@/desk/overview/sentences'
import { clockWords } from '@/desk/system/devices'
import { firstWords } from '@/desk/system/shares'

const saying = (words: Record<string, string>) => (key: string, values: Record<string, unknown> = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
const inChinese = saying(zh)
const inEnglish = saying(en)

const totals = (more: Partial<Totals> = {}): Totals => ({
  listed: 640, found: 2, struck: 2, due: 640, done: 412, attempted: 117, untouched: 111, remaining: 228, people: 1033, people_due: 1650, disputed: 0, ...more,
})
const REASONS: Reasons = { nobody_home: 86, appointment: 31, refused: 0, closed: 0, elsewhere: 0, untouched: 111 }

describe('the remainder', () => {
  test('is said with its reasons', () => {
    expect(remainderSentence(totals(), REASONS, inChinese)).toBe('还有 228 户没走到：86 户没人在，31 户约了时间，111 户还没去。')
    expect(remainderSentence(totals(), REASONS, inEnglish)).toBe('228 households still to be reached: 86 nobody home, 31 with an appointment, 111 not yet visited.')
  })
  test('is said in two parts where no reasons are known', () => {
    expect(remainderSentence(totals(), null, inChinese)).toBe('还有 228 户没走到：117 户去过没办成，111 户还没去。')
  })
  test('of nobody is everybody', () => expect(remainderSentence(totals({ remaining: 0 }), null, inChinese)).toBe('640 户全部走到。'))
  test('of nobody due is not everybody', () => expect(remainderSentence(totals({ due: 0, remaining: 0 }), null, inChinese)).toBe('这里没有要走的户。'))
  test('never leaves out what the denominator is made of', () => {
    expect(dueSentence(totals({ listed: 52900, found: 14, struck: 40 }), inChinese)).toBe('应查 = 名单 52,900 + 新增 14 − 核销 40')
  })
})

describe('the day', () => {
  const hours: Overview['hours'] = [{ hour: '07:00', households: 10, people: 25 }, { hour: '09:00', households: 60, people: 150 }]
  test('has no gaps: a quiet hour is a nought', () => expect(everyHour(hours).map((one) => [one.hour, one.people])).toEqual([[7, 25], [8, 0], [9, 150]]))
  test('that has not begun draws nothing', () => expect(everyHour([])).toEqual([]))
})

describe('the pace', () => {
  const now = new Date('2021-12-06T01:30:00Z')
  const inTime: Pace = { outlook: 'in_time', finish: '2021-12-09T14:00:00+08:00', per_hour: 10.4, left: 0 }
  const speak = (sentences: Record<string, string>) => saying({ ...sentences, 'moment.day': '{month}月{day}日({weekday})', 'moment.weekday.4': '周四', 'moment.weekday.1': '周一' })
  test('is a day and an hour, and the hour alone when that is today', () => {
    expect(paceSentence(inTime, now, speak(zh))).toBe('照这几天的速度（每小时 10 户），12月9日(周四) 14:00 走完，来得及。')
    expect(paceShort({ ...inTime, finish: '2021-12-06T14:00:00+08:00' }, now, speak(zh))).toBe('14:00')
  })
  test('that is too slow says how many will be left', () => {
    const late: Pace = { ...inTime, outlook: 'late', left: 180 }
    expect(paceSentence(late, now, speak(zh))).toContain('到期时还剩大约 180 户')
    expect(paceShort({ ...late, finish: null }, now, speak(zh))).toBe('来不及：两个月以后')
  })
  test('promises nothing where nothing is known, and of a closed campaign says nothing', () => {
    expect(paceShort({ outlook: 'too_little', finish: null, per_hour: null, left: 0 }, now, speak(zh))).toBe('还说不准')
    expect(paceSentence(null, now, speak(zh))).toBe('')
  })
})

describe('the health line', () => {
  const health: Health = { held: 2, backup_age_s: 3 * 3600, disk_free_pct: 61, clock_odd_devices: 0, vacancies: 0, shares: null }
  const overview = (more: Partial<Overview>): Overview => ({ as_of: '', position: 1, campaign: null, area: { id: 'a', name: '', kind: 'subdistrict', path: [] }, totals: totals(), rows: [], hours: [], health, alarms: [], pace: null, ...more })

  test('says each thing once, and marks what needs somebody', () => {
    const items = healthItems(health, inChinese)
    expect(items.map((item) => item.words)).toEqual(['搁置记录 2', '备份 3 小时前', '磁盘 61 % 可用', '时钟偏差设备 0', '空缺网格 0'])
    expect(items.filter((item) => item.bad).map((item) => item.key)).toEqual(['held'])
  })
  test('no backup at all is worse than an old one', () => {
    expect(healthItems({ ...health, backup_age_s: null }, inChinese)[1]).toMatchObject({ words: '还没有备份', bad: true })
    expect(healthItems({ ...health, backup_age_s: 27 * 3600 }, inChinese)[1]).toMatchObject({ words: '备份 27 小时前', bad: true })
  })
  test('an alarm that the server words is not said twice', () => {
    const told = overview({ alarms: [{ code: 'desk.records_are_held', message: '2 条记录搁置,等人处理。', details: {} }] })
    expect(alarmsOf(told, inChinese).map((alarm) => [alarm.words, alarm.to])).toEqual([['2 条记录搁置,等人处理。', '/system/held']])
  })
  test('reminds of recovery shares until enough people have confirmed theirs, and not where there are none', () => {
    const shares = (confirmed: number) => healthItems({ ...health, shares: { confirmed, needed: 2 } }, inChinese).find((item) => item.key === 'shares')
    expect(shares(1)).toMatchObject({ words: '恢复份额：1/2 人已确认', bad: true })
    expect(shares(2)).toMatchObject({ words: '恢复份额：2/2 人已确认', bad: false })
    expect(healthItems(health, inChinese).map((item) => item.key)).not.toContain('shares')
    const alarm = { code: 'desk.shares_unconfirmed', message: '…', details: {} }
    expect(alarmsOf(overview({ health: { ...health, held: 0, shares: { confirmed: 1, needed: 2 } }, alarms: [alarm] }), inChinese)).toHaveLength(1)
  })
  test('every alarm with a place to work it off has a door', () => {
    const codes = ['desk.grids_without_a_worker', 'desk.records_are_held', 'desk.clocks_are_odd', 'desk.incident_ends_soon']
    const told = overview({ health: { ...health, held: 0 }, alarms: codes.map((code) => ({ code, message: code, details: {} })) })
    expect(alarmsOf(told, inChinese).filter((alarm) => !alarm.to)).toEqual([])
  })
})

describe('a phone’s clock', () => {
  test.each([[null, ''], [3, '准'], [-5400, '慢 90 分钟'], [7 * 3600, '快 7 小时'], [-3650 * 86400, '慢 3650 天']])('%s s', (offset, words) => {
    expect(clockWords(offset, inChinese)).toBe(words)
  })
})

describe('the first words of a sheet', () => {
  test.each(['Duke edge  RADAR leader', 'duke，edge，radar，leader', '1. duke 2. edge 3. radar 4. leader', 'ｄｕｋｅ edge radar leader'])('are read from “%s”', (typed) => {
    expect(firstWords(typed)).toEqual(['duke', 'edge', 'radar', 'leader'])
  })
})
