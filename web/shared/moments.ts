/** Instants in the district's words: 24-hour clock, 12月10日(周五). The district keeps Asia/Shanghai, all year. */
const LOCAL = 'Asia/Shanghai'
const PARTS = new Intl.DateTimeFormat('en-CA', {
  timeZone: LOCAL, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
})

export type Say = (key: string, values?: Record<string, unknown>) => string

interface LocalTime {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
}

function local(at: Date): LocalTime {
  return Object.fromEntries(PARTS.formatToParts(at).map(({ type, value }) => [type, value])) as unknown as LocalTime
}

/** YYYY-MM-DD of the district. */
export function localDay(at: Date): string {
  const { year, month, day } = local(at)
  return `${year}-${month}-${day}`
}

/** 10:42 */
export function clockTime(at: Date): string {
  const { hour, minute } = local(at)
  return `${hour}:${minute}`
}

/** 10:42:07 */
export function clockTimeExact(at: Date): string {
  return `${clockTime(at)}:${local(at).second}`
}

/** 12月10日(周五) */
export function dayWords(at: Date, say: Say): string {
  const { year, month, day } = local(at)
  const weekday = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDay()
  return say('moment.day', { month: Number(month), day: Number(day), weekday: say(`moment.weekday.${weekday}`) })
}

/** 10:42 today, 12月10日(周五) 10:42 on any other day. */
export function whenWords(at: Date, now: Date, say: Say): string {
  return localDay(at) === localDay(now) ? clockTime(at) : `${dayWords(at, say)} ${clockTime(at)}`
}

/** 2 分钟前 */
export function agoWords(at: Date, now: Date, say: Say): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 60_000))
  if (minutes < 1) return say('moment.ago.now')
  if (minutes < 60) return say('moment.ago.minutes', { n: minutes })
  if (minutes < 48 * 60) return say('moment.ago.hours', { n: Math.floor(minutes / 60) })
  return say('moment.ago.days', { n: Math.floor(minutes / (24 * 60)) })
}
