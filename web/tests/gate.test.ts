/** What follows at a gate: the cases stand with the server's module, pytest runs the same. */
import { describe, expect, test } from 'vitest'
import vectors from '../../src/lianfang/operations/checkpoints/vectors.json'
import { fromHex, hex, lookAt, type Attested, type CodeVerdict, type Trust } from '@/shared/credential'
import { factsOf, gateMoment, isRepeat, judge, needsSupervisor, tokenOf, type GateVerdict, type Noted } from '@/shared/gates'
import { chosen, decide, leftToAsk, type Facts, type InForce } from '@/shared/policies'

const table = vectors.table as unknown as InForce
const now = Date.parse(vectors.now)
const trust: Trust = {
  keys: vectors.keys.map((key) => ({ id: key.id, x: fromHex(key.x), y: fromHex(key.y), signsFrom: Date.parse(key.signs_from), signsUntil: Date.parse(key.signs_until) })),
  revoked: Object.fromEntries(Object.entries(vectors.revoked.until).map(([number, until]) => [number, Date.parse(until)])),
  asOf: Date.parse(vectors.revoked.as_of),
}

interface Look { name: string; at: string; verdict: string; text?: string; repeat?: [string, string, number]; number?: string; whats?: string[] }

describe('what a look at a text comes to', () => {
  test.each(vectors.looks as Look[])('$name', async (one) => {
    const [head, letter, times] = one.repeat ?? ['', '', 0]
    const found = await lookAt((one.text ?? '') + head + letter.repeat(times), trust, Date.parse(one.at))
    expect(found.verdict).toBe(one.verdict)
    if (one.number) expect(hex(found.number!)).toBe(one.number)
    if (one.whats) expect(found.evidence.map((piece) => piece.what)).toEqual(one.whats)
  })
})

describe('what follows, and why', () => {
  test.each(vectors.verdicts)('$name', (one) => {
    const decision = decide(one.facts as Facts, table, Date.parse(one.at))
    expect(judge(one.asks, one.code as CodeVerdict | null, one.compared, decision)).toEqual({ verdict: one.verdict, reason: one.reason })
    expect(decision.row).toBe(one.row)
    expect(decision.explanation).toEqual({ zh: one.zh, en: one.en })
  })
})

describe('what is asked next', () => {
  test.each(vectors.asked)('$name', (one) => expect(leftToAsk(one.facts as Facts, table.edition, now)).toBe(one.next))
})

describe('what evidence says to a table', () => {
  const pieces = (rows: unknown[][]) => rows.map(([what, at, until]) => ({ what, at, until }) as Attested)
  test.each(vectors.evidence)('$name', (one) => expect(factsOf(pieces(one.evidence), table.edition)).toEqual(one.facts))
})

describe('what time it is at a gate', () => {
  test.each(vectors.moments)('$name', (one) => {
    const [phone, contact, asOf, latest] = [one.phone, one.contact, one.as_of, one.latest].map((text) => Date.parse(text)) as [number, number, number, number]
    expect(gateMoment(phone, contact, asOf, latest)).toBe(Date.parse(one.now))
  })
})

describe('tokens', () => {
  test.each(vectors.tokens)('$number $hour', async (one) => expect(await tokenOf(fromHex(one.number), one.key, Date.parse(one.hour))).toBe(one.token))
})

describe('the same person again', () => {
  const noted = (rows: unknown[][]) => rows.map(([token, gate, way, at]) => [token, gate, way, Date.parse(at as string)] as Noted)
  test.each(vectors.repeats)('$name', (one) => expect(isRepeat(noted(one.before), one.token, one.gate, one.direction, now)).toBe(one.repeat))
})

describe('who may decide otherwise', () => {
  test.each(vectors.supervisors)('%s → %s: %s', (verdict, decided, needed) => expect(needsSupervisor(verdict as GateVerdict, decided as GateVerdict)).toBe(needed))
})

describe('which table decides', () => {
  const places = ['division', 'street', 'community', 'grid', 'elsewhere']
  test.each(vectors.chosen)('$name', (one) => {
    const when = (hours: number | null | undefined) => (hours === null || hours === undefined ? null : new Date(now + hours * 3_600_000).toISOString())
    const issued = one.tables.map(([depth, starts, ends], n) => ({ ...table, id: String(n), area: places[depth!]!, starts_at: when(starts)!, ends_at: when(ends) }))
    expect(chosen(issued, 'gate.travel_code', places.slice(0, 4), now)?.id ?? null).toBe(one.wins === null ? null : String(one.wins))
  })
})

/** Whatever text a camera delivers, in ten thousand shapes: a verdict for a person, and no error. */
test('nonsense is never good and never breaks', async () => {
  const live = (vectors.looks as Look[]).find((one) => one.verdict === 'genuine')!.text!
  let seed = 7
  const dice = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n
  for (let n = 0; n < 2000; n++) {
    const at = dice(live.length)
    const text = n % 2 ? live.slice(0, at) + live.slice(at + 1 + dice(9)) : live.slice(0, at) + 'ABC09 $'.charAt(dice(7)) + live.slice(at + 1)
    if (text === live) continue
    expect(['genuine', 'paper']).not.toContain((await lookAt(text, trust, now)).verdict)
  }
})
