/** New boundaries as they are put together at the desk, and old ones as they are told. Pure. */
import type { AreaProfile, AskedPart, DoorGroup } from '@/api/desk'
import type { AreaKind } from '@/api/types'
import type { Say } from '@/shared/moments'

/** Where some of an area goes: to a new one called `name`, or to `grid`, which is there. */
export interface PartDraft {
  isNew: boolean
  name: string
  code: string
  grid: string
  /** Lines of a list: 1-6幢 and the like, as the office has them. */
  lines: string
  rest: boolean
}

export const newPart = (): PartDraft => ({ isNew: true, name: '', code: '', grid: '', lines: '', rest: false })

/** What is chosen for a group: the number of a part from 1, 0 to stay; an entrance left out goes with its building. */
export type Chosen = Record<string, number>

export const keyOf = (group: Pick<DoorGroup, 'area' | 'line' | 'name'>): string => group.area ?? (group.line || `?${group.name}`)

/** Groups with the entrances that belong to each. */
export function families(groups: DoorGroup[]): { head: DoorGroup; inner: DoorGroup[] }[] {
  const found: { head: DoorGroup; inner: DoorGroup[] }[] = []
  for (const group of groups) {
    if (group.depth && found.length) found[found.length - 1]!.inner.push(group)
    else found.push({ head: group, inner: [] })
  }
  return found
}

/** Every group that is named, with its part. A building whose entrances part ways is named by its entrances alone. */
export function named(groups: DoorGroup[], chosen: Chosen): [DoorGroup, number][] {
  return families(groups).flatMap(({ head, inner }): [DoorGroup, number][] => {
    const whole = chosen[keyOf(head)] ?? 0
    const each = inner.map((one): [DoorGroup, number] => [one, chosen[keyOf(one)] ?? whole])
    return each.some(([, part]) => part !== whole) ? each : [[head, whole]]
  })
}

/** As the server takes it. */
export function askedParts(parts: PartDraft[], groups: DoorGroup[], chosen: Chosen): AskedPart[] {
  const given = named(groups, chosen)
  return parts.map((part, index) => {
    const mine = given.filter(([, no]) => no === index + 1).map(([group]) => group)
    const lines = part.lines.split(/[\n,，、;；]+/).map((line) => line.trim()).filter(Boolean)
    return {
      grid: part.isNew ? null : part.grid || null,
      name: part.isNew ? part.name.trim() : '',
      code: part.isNew ? part.code.trim() || null : null,
      areas: mine.flatMap((group) => (group.area ? [group.area] : [])),
      doors: [...mine.flatMap((group) => (!group.area && group.line ? [group.line] : [])), ...lines],
      rest: part.rest,
    }
  })
}

export const isTold = (part: PartDraft): boolean => (part.isNew ? part.name.trim() !== '' : part.grid !== '')
export const givesSomething = (part: AskedPart): boolean => part.rest || part.areas.length > 0 || part.doors.length > 0

/** What may stand directly above what (the server decides again). */
export const MAY_STAND_UNDER: Partial<Record<AreaKind, AreaKind[]>> = {
  division: ['division'],
  subdistrict: ['division'],
  sector: ['subdistrict'],
  community: ['subdistrict', 'sector'],
  village: ['subdistrict', 'sector'],
  estate: ['community', 'village', 'grid'],
  grid: ['community', 'village', 'estate'],
}

export interface HistoryLine {
  day: string
  /** A key of the locale file, and what goes into its blanks. */
  words: string
  values: Record<string, string>
}

/** An area's life as dated lines, oldest first: how it came about, what it was called, where it lay, what came of it. */
export function historyLines(profile: Pick<AreaProfile, 'looks' | 'before' | 'after' | 'ended_on'>, say: Say): HistoryLine[] {
  const lines = profile.looks.flatMap((look, index): HistoryLine[] => {
    const last = profile.looks[index - 1]
    const at = (words: string, values: Record<string, string>) => ({ day: look.valid_from, words, values })
    if (!last) {
      const from = profile.before.filter((one) => one.since <= look.valid_from).map((one) => one.name)
      const path = pathAbove(look)
      if (from.length) return [at('past.split_from', { name: look.name, from: from.join(say('form.and')) })]
      return [path ? at('past.began', { name: look.name, path }) : at('past.began_alone', { name: look.name })]
    }
    return [
      ...(last.name !== look.name ? [at('past.renamed', { from: last.name, name: look.name })] : []),
      ...(pathAbove(last) !== pathAbove(look) ? [at('past.moved', { from: pathAbove(last), to: pathAbove(look) })] : []),
      ...(last.code !== look.code ? [at('past.recoded', { from: last.code ?? '—', code: look.code ?? '—' })] : []),
    ]
  })
  const began = profile.looks[0]?.valid_from ?? ''
  const taken = profile.before.filter((one) => one.since > began).map((one) => ({ day: one.since, words: 'past.took_over', values: { name: one.name } }))
  const gave = profile.after.filter((one) => one.since !== profile.ended_on).map((one) => ({ day: one.since, words: 'past.gave', values: { name: one.name } }))
  const heirs = profile.after.filter((one) => one.since === profile.ended_on).map((one) => one.name)
  const end = profile.ended_on ? [{ day: profile.ended_on, words: heirs.length ? 'past.went_into' : 'past.ended', values: { name: heirs.join(say('form.and')) } }] : []
  return [...lines, ...taken, ...gave, ...end].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
}

const pathAbove = (look: { path_name: string }): string => look.path_name.split(' › ').slice(0, -1).join(' › ')
