/** Who holds a post and what stands empty, in one line each. */
import type { Gap, Holder } from '@/api/desk'
import { day } from '../kit/times'
import { say } from '../words'

export function holderWords(one: Holder): string {
  const until = one.ends_on ? say('posts.until', { day: day(one.ends_on) }) : ''
  const acting = one.standing === 'acting' ? (one.acting_for ? say('posts.acting_for', { name: one.acting_for }) : say('posts.acting')) : ''
  const parts = [acting, until].filter(Boolean)
  return parts.length ? `${one.account.name} (${parts.join(', ')})` : one.account.name
}

export function gapWords(gap: Gap | null | undefined): string {
  if (!gap) return ''
  const from = say('posts.empty_from', { n: gap.seats, day: day(gap.from_on) })
  return gap.until_on ? `${from} ${say('posts.empty_until', { day: day(gap.until_on) })}` : from
}
