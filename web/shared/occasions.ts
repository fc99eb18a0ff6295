/** To which occasion of a campaign a day belongs. The server judges by the same cases (campaigns/vectors.json). Pure. */
import type { Day, Recurrence } from '@/api/types'

export interface Recurring {
  recurs: Recurrence
  starts_on: Day
  ends_on: Day
}

export interface OccasionDays {
  occasion: Day
  ends_on: Day
}

export function occasionOn({ recurs, starts_on, ends_on }: Recurring, day: Day): OccasionDays | null {
  const begins = shifted(day, -daysSince(recurs, day))
  if (begins < starts_on || day > ends_on) return null
  const until = shifted(begins, lengthOf(recurs) - 1)
  return { occasion: begins, ends_on: until < ends_on ? until : ends_on }
}

/** When the next one begins after that day. */
export function nextOccasion({ recurs, starts_on, ends_on }: Recurring, day: Day): Day | null {
  const tomorrow = shifted(day, 1)
  const earliest = tomorrow > starts_on ? tomorrow : starts_on
  const since = daysSince(recurs, earliest)
  const begins = shifted(earliest, since === 0 ? 0 : lengthOf(recurs) - since)
  return begins <= ends_on ? begins : null
}

const lengthOf = (recurs: Recurrence) => (recurs.every === 'daily' ? 1 : 7)
const noon = (day: Day) => new Date(`${day}T12:00:00Z`)
const shifted = (day: Day, by: number) => new Date(noon(day).getTime() + by * 86_400_000).toISOString().slice(0, 10)
function daysSince(recurs: Recurrence, day: Day): number {
  return typeof recurs.weekday === 'number' ? (noon(day).getUTCDay() - recurs.weekday + 7) % 7 : 0
}
