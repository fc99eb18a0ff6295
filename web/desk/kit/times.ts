/** Moments and days as they are written on the desk. */
import { agoWords, clockTime, dayWords, localDay, whenWords } from '@/shared/moments'
import { now } from '../now'
import { say } from '../words'

export const when = (instant: string | null | undefined): string => (instant ? whenWords(new Date(instant), now.value, say) : '—')
export const ago = (instant: string | null | undefined): string => (instant ? agoWords(new Date(instant), now.value, say) : '—')
/** A date without a time: noon of the district, so that no zone moves it. */
export const day = (date: string | null | undefined): string => (date ? dayWords(new Date(`${date.slice(0, 10)}T04:00:00Z`), say) : '—')
export const days = (from: string, to: string): string => (from === to ? day(from) : `${day(from)} – ${day(to)}`)
export const dayOf = (instant: string | null | undefined): string => (instant ? dayWords(new Date(instant), say) : '—')
export const exact = (instant: string | null | undefined): string => (instant ? `${dayOf(instant)} ${clockTime(new Date(instant))}` : '—')
/** 2021-12-10T19:30 as promised at a door: local time already. */
export const promised = (local: string | null | undefined): string => {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(local ?? '')
  if (!parts) return '—'
  return parts[1] === localDay(now.value) ? say('call.today_at', { at: parts[2]! }) : `${day(parts[1])} ${parts[2]}`
}
