/**
 * The expressions of forms as the server compiled them: trees of plain lists, evaluated here as there (ground/forms/
 * vectors.json decides for both). Missing is null: a comparison with it is unknown, arithmetic with it is missing. Pure.
 */
export type Tree = readonly [string, ...unknown[]]
export type Got = boolean | number | string | string[] | null

export interface World {
  answer: (code: string) => unknown
  rows: (repeat: string) => ((code: string) => unknown)[]
  today: string
}

const LARGEST = 1e15
const LONGEST_TEXT = 1000
const DAY_MS = 86_400_000

export function evaluate(tree: Tree, world: World): Got {
  const [op, ...rest] = tree
  const lazy = LAZY[op]
  if (lazy) return lazy(rest, world)
  return EAGER[op]?.(...rest.map((one) => evaluate(one as Tree, world))) ?? null
}

/** An answer as expressions see it: nothing said is missing. */
export function got(value: unknown): Got {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return inRange(value)
  if (Array.isArray(value)) {
    const words = value.filter((one): one is string => typeof one === 'string')
    return words.length > 0 ? words : null
  }
  return typeof value === 'string' && value !== '' ? value : null
}

function inRange(value: number): number | null {
  return Math.abs(value) <= LARGEST ? value + 0 : null
}

/** and (stops at false), or (stops at true); the rest unknown when anything was. */
function all(rest: unknown[], world: World, stops: boolean): Got {
  let unknown = false
  for (const one of rest) {
    const value = evaluate(one as Tree, world)
    if (value === stops) return stops
    unknown ||= typeof value !== 'boolean'
  }
  return unknown ? null : !stops
}

function column([repeat, code]: unknown[], world: World): number[] {
  return world.rows(repeat as string).map((answer) => got(answer(code as string))).filter((value): value is number => typeof value === 'number')
}

function rounded([of, places]: unknown[], world: World): Got {
  const value = evaluate(of as Tree, world)
  if (typeof value !== 'number') return null
  const scale = 10 ** (places as number)
  return Math.abs(value) * scale > LARGEST ? value : inRange(Math.floor(value * scale + 0.5) / scale)
}

const least = (values: number[]): number | null => values.reduce<number | null>((found, one) => (found === null || one < found ? one : found), null)
const most = (values: number[]): number | null => values.reduce<number | null>((found, one) => (found === null || one > found ? one : found), null)

const LAZY: Record<string, (rest: unknown[], world: World) => Got> = {
  is: ([value]) => got(value),
  none: () => null,
  of: ([code], world) => got(world.answer(code as string)),
  today: (_, world) => world.today,
  and: (rest, world) => all(rest, world, false),
  or: (rest, world) => all(rest, world, true),
  if([condition, then, otherwise], world) {
    const value = evaluate(condition as Tree, world)
    return typeof value === 'boolean' ? evaluate((value ? then : otherwise) as Tree, world) : null
  },
  coalesce(rest, world) {
    for (const one of rest) {
      const value = evaluate(one as Tree, world)
      if (value !== null) return value
    }
    return null
  },
  round: rounded,
  rows: ([repeat], world) => world.rows(repeat as string).length,
  sum_of: (rest, world) => inRange(column(rest, world).reduce((total, one) => total + one, 0)),
  min_of: (rest, world) => least(column(rest, world)),
  max_of: (rest, world) => most(column(rest, world)),
}

const numbers = (compute: (...values: number[]) => number | null) => (...values: Got[]): Got => {
  if (!values.every((value) => typeof value === 'number')) return null
  const result = compute(...(values as number[]))
  return result === null ? null : inRange(result)
}
const texts = (compute: (...values: string[]) => Got) => (...values: Got[]): Got =>
  values.every((value) => typeof value === 'string') ? compute(...(values as string[])) : null

function less(one: Got, other: Got, orEqual: boolean): Got {
  if (typeof one === 'number' && typeof other === 'number') return orEqual ? one <= other : one < other
  const first = dayNumber(one)
  const second = dayNumber(other)
  if (first === null || second === null) return null
  return orEqual ? first <= second : first < second
}

function selects(of: Got, wanted: Got): Got {
  if (of === null || typeof wanted !== 'string') return null
  if (Array.isArray(of)) return of.includes(wanted)
  return typeof of === 'string' ? of === wanted : null
}

function asText(value: Got): Got {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return numberText(value)
  return typeof value === 'string' ? value : null
}

const EAGER: Record<string, (...values: Got[]) => Got> = {
  not: (value = null) => (typeof value === 'boolean' ? !value : null),
  eq: (one = null, other = null) => (one !== null && other !== null && typeof one === typeof other && !Array.isArray(one) && !Array.isArray(other) ? one === other : null),
  lt: (one = null, other = null) => less(one, other, false),
  le: (one = null, other = null) => less(one, other, true),
  blank: (value = null) => value === null,
  neg: numbers((one) => -one!),
  add: numbers((one, other) => one! + other!),
  sub: numbers((one, other) => one! - other!),
  mul: numbers((one, other) => one! * other!),
  div: numbers((one, other) => (other === 0 ? null : one! / other!)),
  mod: numbers((one, other) => (other === 0 ? null : one! % other!)),
  int: numbers((one) => Math.trunc(one!)),
  abs: numbers((one) => Math.abs(one!)),
  min: numbers((...values) => least(values)),
  max: numbers((...values) => most(values)),
  count_selected: (value = null) => (Array.isArray(value) ? value.length : null),
  selected: (of = null, wanted = null) => selects(of, wanted),
  text: (value = null) => asText(value),
  number: texts((text) => numberOf(text!)),
  date: texts((text) => (dayNumber(text!) === null ? null : text!)),
  length: texts((text) => [...text!].length),
  concat: texts((...parts) => {
    const all = [...parts.join('')]
    return all.length > LONGEST_TEXT ? all.slice(0, LONGEST_TEXT).join('') : all.join('')
  }),
  contains: texts((text, part) => text!.includes(part!)),
  starts: texts((text, part) => text!.startsWith(part!)),
  days(one = null, other = null) {
    const last = dayNumber(one)
    const first = dayNumber(other)
    return last === null || first === null ? null : last - first
  },
  plus_days(day = null, days = null) {
    const first = dayNumber(day)
    return first === null || typeof days !== 'number' ? null : dayText(first + Math.floor(days))
  },
}

// ---- numbers and days as text, alike in both languages -------------------------------------------------------------------

export function numberOf(text: string): number | null {
  return /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(text) ? inRange(Number(text)) : null
}

export function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value + 0)
  const text = value.toFixed(6).replace(/0+$/, '').replace(/\.$/, '')
  return text === '-0' ? '0' : text
}

export function dayNumber(day: unknown): number | null {
  if (typeof day !== 'string' || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day)) return null
  const at = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day) return null
  return day >= '1900-01-01' && day <= '2199-12-31' ? Math.round(at / DAY_MS) : null
}

export function dayText(days: number): string | null {
  if (Math.abs(days) > 1e6) return null
  const text = new Date(days * DAY_MS).toISOString().slice(0, 10)
  return dayNumber(text) === null ? null : text
}
