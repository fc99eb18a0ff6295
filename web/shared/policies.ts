/** What a decision table answers, and how it is said. The server decides alike (ground/policies/rules.py; checkpoints/vectors.json). Pure. */
import type { Both } from '@/api/types'
import { localDay } from './moments'
import WORDS from './policy_words.json'

export type Said = string | number
export type Facts = Record<string, unknown>

export interface Between {
  at_least?: number | null
  above?: number | null
  at_most?: number | null
  below?: number | null
}

export interface Input {
  kind: 'one_of' | 'hours_since' | 'number'
  name: string
  title: Both
  values?: Record<string, Both>
  least?: number
  unit?: Both
}

export interface Step {
  place: string
  days: number
  test_days?: number[]
}

export interface Line {
  name: string
  when: Record<string, (string | Between)[]>
  then: TableVerdict
  because: Both
  steps?: Step[]
  open?: Both | null
}

export type TableVerdict = 'pass' | 'test_first' | 'turn_back' | 'quarantine_first' | 'quarantine' | 'steps' | 'nothing' | 'ask_a_person'

export interface Edition {
  code: string
  name: string
  title: Both
  inputs: Input[]
  rows: Line[]
}

export interface InForce {
  id: string
  version: number
  area: string
  issuer: string
  starts_at: string
  ends_at: string | null
  edition: Edition
}

export interface Decision {
  policy: string | null
  version: number
  inputs: Record<string, Said>
  row: string
  verdict: TableVerdict
  explanation: Both
}

type Cell = string | number
type Language = keyof Both

const UNKNOWN = 'unknown'
const NOT_YET = 'not_yet'
const HOUR_MS = 3_600_000
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/

/** Is it in force at that instant? From its start up to, not including, its end. */
export function holds(policy: InForce, at: number): boolean {
  return Date.parse(policy.starts_at) <= at && (policy.ends_at === null || at < Date.parse(policy.ends_at))
}

/** The table in force on the last area of a lineage (root first): the nearest, and of one area the latest. */
export function chosen(policies: InForce[], code: string, lineage: string[], at: number): InForce | null {
  const held = policies.filter((one) => one.edition.code === code && lineage.includes(one.area) && holds(one, at))
  const order = (one: InForce) => [lineage.indexOf(one.area), Date.parse(one.starts_at), one.version]
  return held.reduce<InForce | null>((best, one) => (best === null || isAfter(order(one), order(best)) ? one : best), null)
}

function isAfter(one: number[], other: number[]): boolean {
  const i = one.findIndex((n, at) => n !== other[at])
  return i >= 0 && one[i]! > other[i]!
}

/** Which row decides these facts. A fact that is missing or cannot be read is unknown, for which the table has a row as for anything else. */
export function decide(facts: Facts, policy: InForce | null, at: number): Decision {
  if (policy === null || !holds(policy, at)) return { policy: null, version: 0, inputs: {}, row: '', verdict: 'ask_a_person', explanation: WORDS.no_table }
  const { inputs: asked, rows } = policy.edition
  const inputs = kept(facts, asked)
  const cells = new Map(asked.map((one): [string, Cell] => [one.name, cellOf(one, inputs[one.name], at)]))
  const row = rows.find((line) => fitsAll(line, cells, asked))!
  return { policy: policy.id, version: policy.version, inputs, row: row.name, verdict: row.then, explanation: explained(row, policy, cells) }
}

/** Which input is to be asked next before the table decides; null when asking on would change nothing. */
export function leftToAsk(facts: Facts, edition: Edition, at: number): string | null {
  const known = kept(facts, edition.inputs)
  const cells = new Map(edition.inputs.filter((one) => one.name in facts).map((one): [string, Cell] => [one.name, cellOf(one, known[one.name], at)]))
  const may = edition.rows.filter((row) => fitsAll(row, cells, edition.inputs))
  if (new Set(may.map((row) => JSON.stringify([row.then, row.steps ?? []]))).size < 2) return null
  return edition.inputs.find((one) => !cells.has(one.name) && may.some((row) => one.name in row.when))?.name ?? null
}

function kept(facts: Facts, asked: Input[]): Record<string, Said> {
  const pairs = asked.flatMap(({ name }): [string, Said][] => {
    const fact = facts[name]
    if (typeof fact === 'string') return [[name, fact.slice(0, 100)]]
    return typeof fact === 'number' && Math.abs(fact) < 1e15 ? [[name, fact]] : []
  })
  return Object.fromEntries(pairs)
}

/** Where a fact falls: a word, a number, or of an instant the milliseconds since. */
function cellOf(asked: Input, said: Said | undefined, at: number): Cell {
  if (asked.kind === 'one_of') return typeof said === 'string' && Object.hasOwn(asked.values ?? {}, said) ? said : UNKNOWN
  if (asked.kind === 'number') return typeof said === 'number' && said >= (asked.least ?? 0) ? said : UNKNOWN
  if (typeof said !== 'string' || !INSTANT.test(said) || Number.isNaN(Date.parse(said))) return UNKNOWN
  const passed = at - Date.parse(said)
  return passed < 0 ? NOT_YET : passed
}

function fitsAll(row: Line, cells: Map<string, Cell>, asked: Input[]): boolean {
  return asked.every(({ name, kind }) => !cells.has(name) || fits(row.when[name], cells.get(name)!, kind === 'hours_since' ? HOUR_MS : 1))
}

/** Is it what a row speaks of? A row that does not name an input does not mind what it is. */
function fits(wanted: (string | Between)[] | undefined, cell: Cell, unit: number): boolean {
  return wanted === undefined || wanted.some((item) => isIn(item, cell, unit))
}

function isIn(item: string | Between, cell: Cell, unit: number): boolean {
  if (typeof item === 'string' || typeof cell === 'string') return item === cell
  const bound = (n: number | null | undefined) => (n === null || n === undefined ? null : n * unit)
  const [least, above, most, below] = [bound(item.at_least), bound(item.above), bound(item.at_most), bound(item.below)]
  return (least === null || cell >= least) && (above === null || cell > above) && (most === null || cell <= most) && (below === null || cell < below)
}

// ---- the sentence ------------------------------------------------------------------------------------------------------

function explained(row: Line, policy: InForce, cells: Map<string, Cell>): Both {
  const said = new Map(policy.edition.inputs.map((one): [string, Both] => [one.name, saidOf(one, cells.get(one.name)!)]))
  return { zh: sentence(row, policy, said, 'zh'), en: sentence(row, policy, said, 'en') }
}

/** At a gate nothing follows in steps: such a row is for a person. */
function sentence(row: Line, policy: InForce, said: Map<string, Both>, language: Language): string {
  const { edition, issuer, version } = policy
  const inLanguage = new Map([...said].map(([name, words]): [string, string] => [name, words[language]]))
  const parts = {
    title: edition.title[language], issuer, day: localDay(new Date(policy.starts_at)), version: String(version),
    because: filled(row.because[language], inLanguage), follows: WORDS.follows[row.then][language], added: added(row, inLanguage, language),
  }
  return filled(WORDS.sentence[language], new Map(Object.entries(parts))).trim()
}

function filled(words: string, parts: Map<string, string>): string {
  return words.replace(/{(\w+)}/g, (_, name: string) => parts.get(name) ?? '')
}

function added(row: Line, said: Map<string, string>, language: Language): string {
  if (row.open) return filled(row.open[language], said)
  return row.then === 'quarantine' || row.then === 'quarantine_first' ? WORDS.two_sign[language] : ''
}

function saidOf(asked: Input, cell: Cell): Both {
  if (cell === UNKNOWN) return WORDS.unknown
  if (cell === NOT_YET) return WORDS.not_yet
  if (asked.kind === 'one_of') return asked.values![cell]!
  if (asked.kind === 'number') return { zh: `${cell}${asked.unit?.zh ?? ''}`, en: `${cell} ${asked.unit?.en ?? ''}`.trim() }
  return { zh: hoursIn(cell as number, 'zh'), en: hoursIn(cell as number, 'en') }
}

/** Rounded up: what is past 48 hours never reads as 48 hours. */
function hoursIn(passed: number, language: Language): string {
  const all = Math.ceil(passed / 60_000)
  const parts = new Map([['hours', String(Math.floor(all / 60))], ['minutes', String(all % 60)]])
  return filled(WORDS.hours[language] + (all % 60 ? WORDS.minutes[language] : ''), parts)
}
