/** At this rate: the server's forecast in words. Pure. */
import type { Pace } from '@/api/desk'
import { dayWords, whenWords, type Say } from '@/shared/moments'
import { thousands } from '@/shared/numbers'

/** 12月9日(周四) 14:00; ▲ and what will be left where it is too late; why nothing can be said. */
export function paceShort(pace: Pace | null | undefined, now: Date, say: Say): string {
  if (!pace) return ''
  if (pace.outlook === 'in_time') return whenWords(new Date(pace.finish!), now, say)
  if (pace.outlook === 'late') return say('pace.short.late', { at: pace.finish ? dayWords(new Date(pace.finish), say) : say('pace.far') })
  return say(`pace.short.${pace.outlook}`)
}

/** 照这几天的速度(每小时 10 户),12月9日(周四) 14:00 走完,来得及。 */
export function paceSentence(pace: Pace | null | undefined, now: Date, say: Say): string {
  if (!pace) return ''
  const at = pace.finish ? whenWords(new Date(pace.finish), now, say) : say('pace.far')
  return say(`pace.${pace.outlook}`, { at, rate: thousands(Math.max(1, Math.round(pace.per_hour ?? 0))), left: thousands(pace.left ?? 0) })
}
