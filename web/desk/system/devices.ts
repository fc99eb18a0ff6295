import type { Say } from '@/shared/moments'

const UNREMARKABLE_S = 120

/** How far a phone's clock is off, in words; nothing to say below two minutes. */
export function clockWords(offset: number | null, t: Say): string {
  if (offset === null || Math.abs(offset) < UNREMARKABLE_S) return offset === null ? '' : t('devices.clock_right')
  const way = offset > 0 ? 'devices.clock_fast' : 'devices.clock_slow'
  const minutes = Math.round(Math.abs(offset) / 60)
  if (minutes < 120) return t(way, { by: t('devices.minutes', { n: minutes }) })
  const hours = Math.round(minutes / 60)
  return hours < 48 ? t(way, { by: t('devices.hours', { n: hours }) }) : t(way, { by: t('devices.days', { n: Math.round(hours / 24) }) })
}
