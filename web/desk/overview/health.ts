/** The line at the foot of the first page, and the flag at its head: what needs a person, each with a door to it. */
import type { RouteLocationRaw } from 'vue-router'
import type { Health, Overview } from '@/api/desk'
import type { Say } from '@/shared/moments'
import { thousands } from '@/shared/numbers'
import { may } from '../session'

export interface HealthItem {
  key: string
  words: string
  to?: RouteLocationRaw
  /** Somebody should look. */
  bad: boolean
}

const LATEST_BACKUP_S = 26 * 3600
const LEAST_DISK_PCT = 10
/** Only who may hold a sheet has something to do there; the others are told and have no door. */
const sharesDoor = () => (may('access.confirm_share') ? { path: '/', query: { show: 'shares' } } : undefined)

export function healthItems(health: Health, t: Say): HealthItem[] {
  return [
    { key: 'held', words: t('health.held', { n: thousands(health.held) }), to: '/system/held', bad: health.held > 0 },
    { key: 'backup', words: backupWords(health.backup_age_s, t), bad: health.backup_age_s === null || health.backup_age_s > LATEST_BACKUP_S },
    ...(health.shares ? [{ key: 'shares', words: t('health.shares', { n: health.shares.confirmed, needed: health.shares.needed }), to: sharesDoor(), bad: health.shares.confirmed < health.shares.needed }] : []),
    ...(health.disk_free_pct === null ? [] : [{ key: 'disk', words: t('health.disk', { pct: Math.round(health.disk_free_pct) }), bad: health.disk_free_pct < LEAST_DISK_PCT }]),
    { key: 'clock', words: t('health.clock', { n: thousands(health.clock_odd_devices) }), to: { path: '/system/devices', query: { clock_odd: '1' } }, bad: health.clock_odd_devices > 0 },
    { key: 'vacancies', words: t('health.vacancies', { n: thousands(health.vacancies) }), to: { path: '/areas', query: { vacant: '1' } }, bad: health.vacancies > 0 },
  ]
}

function backupWords(age: number | null, t: Say): string {
  if (age === null) return t('health.no_backup')
  if (age < 3600) return t('health.backup_minutes', { n: Math.floor(age / 60) })
  return age < 48 * 3600 ? t('health.backup_hours', { n: Math.floor(age / 3600) }) : t('health.backup_days', { n: Math.floor(age / 86400) })
}

/** The server's alarms in its own sentences, and what of the health line needs somebody, each said once. */
export function alarmsOf(overview: Overview, t: Say): HealthItem[] {
  const own = healthItems(overview.health, t).filter((item) => item.bad)
  const told = overview.alarms.map((alarm) => ({ key: alarm.code, words: alarm.message, to: doorOf(alarm.code), bad: true }))
  const saidBy = new Set(told.map((alarm) => topicOf(alarm.key)))
  return [...told, ...own.filter((item) => !saidBy.has(item.key))]
}

const TOPICS: [RegExp, string, (() => RouteLocationRaw | undefined) | RouteLocationRaw | undefined][] = [
  [/vacan|without_a_worker/, 'vacancies', { path: '/areas', query: { vacant: '1' } }],
  [/held/, 'held', '/system/held'],
  [/backup/, 'backup', undefined],
  [/disk/, 'disk', undefined],
  [/shares/, 'shares', sharesDoor],
  [/incident/, 'incident', '/incidents'],
  [/clock/, 'clock', { path: '/system/devices', query: { clock_odd: '1' } }],
]
const topicOf = (code: string) => TOPICS.find(([pattern]) => pattern.test(code))?.[1] ?? code
function doorOf(code: string): RouteLocationRaw | undefined {
  const door = TOPICS.find(([pattern]) => pattern.test(code))?.[2]
  return typeof door === 'function' ? door() : door
}
