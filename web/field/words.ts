/** Small words that several pages say alike. */
import type { FeedResident, Question } from '@/api/types'
import { localDay } from '@/shared/moments'
import { maskName } from '@/shared/masks'

type Words = { zh: string; en: string } | string

export function inLanguage(words: Words, language: string): string {
  return typeof words === 'string' ? words : language === 'en' ? words.en : words.zh
}

export function questionWords(question: Question, language: string): string {
  return inLanguage(question.label, language)
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
