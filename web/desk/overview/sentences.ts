/** What the numbers of a campaign say in words, and how long it will go on. Pure. */
import type { Overview, Reasons, Totals } from '@/api/desk'
import { type Say } from '@/shared/moments'
import { thousands } from '@/shared/numbers'

/** 应查 = 名单 + 新增 − 核销; the denominator is never shown without its parts. */
export const due = (totals: Totals) => totals.due

/** 还有 228 户没走到:86 户没人在,31 户约了时间,111 户还没去。 */
export function remainderSentence(totals: Totals, reasons: Reasons | null | undefined, say: Say): string {
  if (due(totals) <= 0) return say('remainder.nothing_due')
  if (totals.remaining <= 0) return say('remainder.none', { n: thousands(due(totals)) })
  const parts = partsOf(totals, reasons)
    .filter(([, n]) => n > 0)
    .map(([key, n]) => say(`remainder.part.${key}`, { n: thousands(n) }))
  return say('remainder.sentence', { n: thousands(totals.remaining), parts: parts.join(say('remainder.comma')) })
}

function partsOf(totals: Totals, reasons: Reasons | null | undefined): [string, number][] {
  if (!reasons) return [['attempted', totals.attempted], ['untouched', totals.untouched]]
  return [
    ['nobody_home', reasons.nobody_home], ['appointment', reasons.appointment], ['refused', reasons.refused],
    ['closed', reasons.closed ?? 0], ['elsewhere', reasons.elsewhere], ['untouched', reasons.untouched],
  ]
}

/** 名单 52,900 + 新增 14 − 核销 40 */
export function dueSentence(totals: Totals, say: Say): string {
  return say('totals.due_parts', { listed: thousands(totals.listed), found: thousands(totals.found), struck: thousands(totals.struck) })
}

const hourOf = (clock: string): number => Number(clock.slice(0, 2))

/**
 * From the first hour in which something happened to the last, none left out; a quiet hour is a zero, not a gap.
 * At least so many of them, so that one hour alone does not look like a day.
 */
export function everyHour(hours: Overview['hours'], least = 1): { hour: number; households: number; people: number }[] {
  if (!hours.length) return []
  const known = new Map(hours.map((one) => [hourOf(one.hour), one]))
  const last = Math.max(...known.keys(), least - 1)
  const first = Math.max(0, Math.min(...known.keys(), last - least + 1))
  return Array.from({ length: last - first + 1 }, (_, i) => ({ households: 0, people: 0, ...known.get(first + i), hour: first + i }))
}
