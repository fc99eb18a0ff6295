/** When a door that is still open may be called at again. The server judges by the same cases (campaigns/vectors.json). Pure. */
import type { AttemptPolicy } from '@/api/types'

export type Step = 'now' | 'wait' | 'quiet' | 'promised' | 'closed'

export interface Tried {
  attempts: number
  refusals: number
  /** Minutes of the district, such as 2021-12-10T19:30. */
  last: string | null
  appointment: string | null
}

export interface Call {
  step: Step
  not_before: string | null
  attempt: number
  leave_notice: boolean
}

export const HOUSE_POLICY: AttemptPolicy = { hours_between: 4, off_peak_from: '18:00', notice_at: 3, quiet_from: '21:00', quiet_until: '08:00' }
const REFUSALS_THAT_CLOSE = 2

export function nextCall(tried: Tried, policy: AttemptPolicy, now: string): Call {
  const attempt = tried.attempts + 1
  const leave_notice = attempt >= policy.notice_at
  if (tried.appointment !== null) {
    const at = tried.appointment.slice(0, 16)
    return { step: 'promised', not_before: at > now ? at : null, attempt, leave_notice }
  }
  if (tried.refusals >= REFUSALS_THAT_CLOSE) return { step: 'closed', not_before: null, attempt, leave_notice: false }
  const ready = latest(now, readyAt(tried, policy, now))
  const begins = afterQuiet(ready, policy)
  if (begins <= now) return { step: 'now', not_before: null, attempt, leave_notice }
  return { step: ready === now ? 'quiet' : 'wait', not_before: begins, attempt, leave_notice }
}

function readyAt(tried: Tried, policy: AttemptPolicy, now: string): string {
  if (tried.last === null || tried.attempts === 0) return ''
  const last = tried.last < now ? tried.last : now // a clock that is ahead lets nobody wait for years
  const ready = shifted(last, policy.hours_between)
  const evening = policy.off_peak_from ? onTheDay(last, policy.off_peak_from) : ''
  return last < evening ? latest(ready, evening) : ready
}

function afterQuiet(at: string, policy: AttemptPolicy): string {
  const [from, until] = [onTheDay(at, policy.quiet_from), onTheDay(at, policy.quiet_until)]
  if (from <= until) return from <= at && at < until ? until : at
  return at >= from ? shifted(until, 24) : latest(at, until)
}

const latest = (one: string, other: string) => (one > other ? one : other)
const onTheDay = (at: string, clock: string) => `${at.slice(0, 10)}T${clock}`
const shifted = (at: string, hours: number) => new Date(Date.parse(`${at}:00Z`) + hours * 3_600_000).toISOString().slice(0, 16)
