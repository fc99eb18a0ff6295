/** Who has to do with an area, and on which days, in one line each. */
import type { LinkRow } from '@/api/desk'
import { day, days } from '../kit/times'
import { say } from '../words'

export const whoWords = (one: LinkRow): string =>
  one.account?.name ?? [one.organisation?.name, one.post?.name].filter(Boolean).join(' · ')

export const daysWords = (one: { starts_on: string; ends_on?: string | null }): string =>
  one.ends_on ? days(one.starts_on, one.ends_on) : say('areas.since', { day: day(one.starts_on) })

/** 王芳 (到 12月20日), or nothing. */
export function contactWords(one: LinkRow | null | undefined): string {
  if (!one) return ''
  return one.ends_on ? `${whoWords(one)} (${say('posts.until', { day: day(one.ends_on) })})` : whoWords(one)
}
