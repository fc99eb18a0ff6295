/** How often and when to call again, in words. Pure. */
import type { AttemptPolicy, RemainderRow } from '@/api/desk'
import type { Say } from '@/shared/moments'
import { promised } from '../kit/times'

export const HOUSE_POLICY: AttemptPolicy = { hours_between: 4, off_peak_from: '18:00', notice_at: 3, quiet_from: '21:00', quiet_until: '08:00' }

/** 隔 4 小时再去,白天没遇到的 18:00 以后去,第 3 次留告知单,21:00 到 08:00 不上门 */
export function policyWords(policy: AttemptPolicy, say: Say): string {
  const parts = [say('attempts.said.between', { n: policy.hours_between })]
  if (policy.off_peak_from) parts.push(say('attempts.said.off_peak', { at: policy.off_peak_from }))
  parts.push(say('attempts.said.notice', { n: policy.notice_at }), say('attempts.said.quiet', { from: policy.quiet_from, until: policy.quiet_until }))
  return parts.join(say('remainder.comma'))
}

/** What to do about a door that is still open. */
export function callWords(call: RemainderRow['call'], say: Say): string {
  const parts = [say(`call.${call.step}`, { at: call.not_before ? promised(call.not_before) : '' })]
  if (call.leave_notice) parts.push(say('call.notice'))
  return parts.join(say('remainder.comma'))
}
