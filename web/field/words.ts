/** Small words that several pages say alike. */
import type { FeedResident, Question } from '@/api/types'
import { localDay } from '@/shared/moments'
import type { Call } from '@/shared/next_call'
import { maskName } from '@/shared/masks'

type Words = { zh: string; en: string } | string

export function inLanguage(words: Words, language: string): string {
  return typeof words === 'string' ? words : language === 'en' ? words.en : words.zh
}

export function questionWords(question: Question, language: string): string {
  return inLanguage(question.label, language)
}

/** 有 · 没有, or what the form says in their place: 够 · 不够. */
export function yesNo(question: Question, value: boolean, language: string, say: (key: string) => string): string {
  const own = question.choices?.find((one) => one.value === (value ? 'yes' : 'no'))
  return own ? inLanguage(own.label, language) : say(value ? 'common.yes' : 'common.no')
}

export function shownName(resident: FeedResident, open: boolean): string {
  return open ? resident.name : maskName(resident.name)
}

export function ageOf(resident: FeedResident, now: Date): number | null {
  return resident.born_year === null ? null : Math.max(0, Number(localDay(now).slice(0, 4)) - resident.born_year)
}

/** 2021-12-10T19:30 of the district, as appointments are written. */
export function localMinute(at: Date): string {
  const shifted = new Date(at.getTime() + 8 * 3_600_000)
  return shifted.toISOString().slice(0, 16)
}

/** 19:30 today, 12-11 9:00 on another day. */
export function appointmentWords(appointment: string, now: Date, say: (key: string, values: Record<string, unknown>) => string): string {
  const [day = '', time = ''] = appointment.split('T')
  if (day === localDay(now)) return say('visit.appointment_today', { time })
  if (day === localDay(new Date(now.getTime() + 86_400_000))) return say('visit.appointment_tomorrow', { time })
  const [, month, date] = day.split('-')
  return say('visit.appointment_on', { month: Number(month), day: Number(date), time })
}

/** 今天 18:00 以后再去。第 3 次了,没人就留一张告知单。 Empty where one may simply go. */
export function callSentence(call: Call, now: Date, say: (key: string, values: Record<string, unknown>) => string): string {
  const parts: string[] = []
  if (call.step === 'closed') parts.push(say('call.closed', {}))
  if (call.not_before && call.step !== 'promised') parts.push(say(`call.${call.step}`, { at: hourWords(call.not_before, now, say) }))
  if (call.leave_notice) parts.push(say('call.notice', { n: call.attempt }))
  return parts.join(say('call.join', {}))
}

function hourWords(at: string, now: Date, say: (key: string, values: Record<string, unknown>) => string): string {
  const [day = '', time = ''] = at.split('T')
  if (day === localDay(now)) return time
  if (day === localDay(new Date(now.getTime() + 86_400_000))) return say('visit.appointment_tomorrow', { time })
  const [, month, date] = day.split('-')
  return say('visit.appointment_on', { month: Number(month), day: Number(date), time })
}
