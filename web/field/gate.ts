/** Standing at a gate: who is there, what is still to be asked, what follows, what is noted of it. Decides by what this phone took along. */
import type { FeedGate, Uuid } from '@/api/types'
import { fromBase64 } from '@/outbox/base64'
import type { Phone } from '@/outbox/phone'
import { newId, save } from '@/outbox/records'
import type { KeptGates, KeptPassage } from '@/outbox/store'
import { hex, lookAt, type Looked, type Trust } from '@/shared/credential'
import { factsOf, gateMoment, isRepeat, judge, tokenOf, type Direction, type GateVerdict } from '@/shared/gates'
import { clockTime, localDay } from '@/shared/moments'
import { chosen, decide, leftToAsk, type Decision, type Facts, type InForce, type Input } from '@/shared/policies'

export type How = 'credential' | 'paper' | 'foreign_code' | 'without_phone' | 'by_hand'

/** Somebody who stands there. */
export interface Standing {
  how: How
  look: Looked | null
  compared: boolean
  facts: Facts
  token: string
  /** When this person was noted here a moment ago. */
  noted: number | null
}

export interface Outcome {
  at: number
  decision: Decision
  verdict: GateVerdict
  reason: string
}

export interface Post {
  gate: FeedGate
  lane: number
  direction: Direction
}

/** In a vehicle: which of how many. */
export interface Seat {
  vehicle: Uuid
  nth: number
  occupants: number
}

export interface Extras {
  decided: GateVerdict
  override?: { by: Uuid; reason: string }
  temperature?: number
  given: number
  seat?: Seat
}

const KEPT_FOR_DAYS = 8
const TOKEN_LIVES = 3_600_000
const WRITTEN_EVERY = 30_000

/** What time it is at the gate: never earlier than this phone or its last sync ever was. */
export async function momentAt(phone: Phone, kept: KeptGates): Promise<number> {
  const before = (await phone.db.note('gate_latest')) ?? kept.contact_at
  const latest = Math.max(before, phone.now())
  if (latest - before > WRITTEN_EVERY) await phone.db.keep('gate_latest', latest)
  return gateMoment(phone.now(), kept.contact_at, kept.as_of, latest)
}

export function trustOf(kept: KeptGates): Trust {
  const { keys, revoked } = kept.slice.verify_by
  return {
    keys: keys.filter((key) => !key.withdrawn).map((key) => ({ id: hex(fromBase64(key.id)), x: fromBase64(key.x), y: fromBase64(key.y), signsFrom: Date.parse(key.signs_from), signsUntil: Date.parse(key.signs_until) })),
    revoked: Object.fromEntries(Object.entries(revoked.until).map(([number, until]) => [number, Date.parse(until)])),
    asOf: Date.parse(revoked.as_of),
  }
}

export function tableOf(kept: KeptGates, gate: FeedGate, at: number): InForce | null {
  return chosen(kept.slice.policies, gate.code, gate.lineage, at)
}

/** An incident that is over asks nobody for anything, whether or not this phone has heard that it was ended sooner. */
export function asks(gate: FeedGate, at: number): boolean {
  return at < Date.parse(gate.ends_at)
}

/** What the first input of a table asks is what somebody shows: its words are the buttons of the gate. */
export function shownInput(table: InForce | null): Input | null {
  return table?.edition.inputs.find((one) => one.kind === 'one_of') ?? null
}

export function standing(how: How, facts: Facts): Standing {
  return { how, look: null, compared: false, facts, token: '', noted: null }
}

/** Somebody holds a code before the camera. */
export async function onCode(phone: Phone, kept: KeptGates, post: Post, text: string, usual: Facts): Promise<Standing> {
  const at = await momentAt(phone, kept)
  const look = await lookAt(text, trustOf(kept), at)
  const table = tableOf(kept, post.gate, at)
  const facts = table ? { ...usual, ...factsOf(look.evidence, table.edition) } : usual
  const token = look.number ? await tokenFor(kept, post.gate, look.number, at) : ''
  const how: How = look.verdict === 'paper' ? 'paper' : look.verdict === 'foreign' ? 'foreign_code' : 'credential'
  return { how, look, compared: false, facts, token, noted: await notedAlready(phone, post, token, at) }
}

/** Without a key for the day (offline for longer than they last) nobody is known again, and nobody waits for that. */
async function tokenFor(kept: KeptGates, gate: FeedGate, number: Uint8Array, at: number): Promise<string> {
  const day = localDay(new Date(at))
  const key = kept.slice.token_keys.find((one) => one.incident === gate.incident && one.day === day)
  return key ? tokenOf(number, key.key, at) : ''
}

async function notedAlready(phone: Phone, post: Post, token: string, at: number): Promise<number | null> {
  const before = (await passagesOf(phone, post.gate.id, localDay(new Date(at)))).filter((one) => !one.undone)
  const again = before.find((one) => isRepeat([[one.token, one.gate, one.direction, one.at]], token, post.gate.id, post.direction, at))
  return again?.at ?? null
}

/** What is to be asked before anything follows; null when it follows already. A code that is not good asks nothing: a person looks. */
export function nextInput(who: Standing, table: InForce | null, at: number): Input | null {
  const code = who.look?.verdict ?? null
  if (!table || (code !== null && code !== 'genuine' && !(code === 'paper' && who.compared))) return null
  const name = leftToAsk(who.facts, table.edition, at)
  return table.edition.inputs.find((one) => one.name === name) ?? null
}

export function outcomeOf(who: Standing, gate: FeedGate, table: InForce | null, at: number): Outcome {
  const decision = decide(who.facts, table, at)
  const { verdict, reason } = judge(asks(gate, at), who.look?.verdict ?? null, who.compared, decision)
  return { at, decision, verdict, reason }
}

/** Kept on this phone, durably, before anybody says so; sent when there is a line. */
export async function note(phone: Phone, kept: KeptGates, post: Post, who: Standing, outcome: Outcome, extras: Extras): Promise<KeptPassage> {
  const id = newId(phone)
  const { decision, at } = outcome
  const { seat, override, temperature, given, decided } = extras
  const body = {
    gate: post.gate.id, lane: who.how === 'without_phone' ? 0 : post.lane, direction: post.direction, how: who.how,
    verdict: outcome.verdict, reason: outcome.reason, decided, judged_at: new Date(at).toISOString(), data_as_of: new Date(kept.as_of).toISOString(),
    code: who.look?.verdict ?? null, compared: who.compared, policy: decision.policy, version: decision.version, row: decision.row, inputs: decision.inputs,
    token: who.token || null, given, ...(override ? { override } : {}), ...(temperature ? { temperature } : {}), ...(seat ?? {}),
  }
  const moment = new Date(at)
  const passage: KeptPassage = {
    id, gate: post.gate.id, at, day: localDay(moment), hour: Number(clockTime(moment).slice(0, 2)), direction: post.direction, decided,
    without_phone: who.how === 'without_phone', given, token: who.token, undone: false,
  }
  await save(phone, { facts: [{ id, kind: 'checkpoints.passage_noted.v1', body }], household: null, visit: id, passage })
  return passage
}

export async function undo(phone: Phone, passage: KeptPassage): Promise<void> {
  const id = newId(phone)
  await save(phone, { facts: [{ id, kind: 'checkpoints.passage_undone.v1', body: { passage: passage.id, gate: passage.gate } }], household: null, visit: passage.id, passage: { ...passage, undone: true } })
}

export async function passagesOf(phone: Phone, gate: Uuid, day: string): Promise<KeptPassage[]> {
  return phone.db.passages.where('[gate+day]').equals([gate, day]).toArray()
}

/** Tokens go after their hour, the lines of the counters after some days. */
export async function tidy(phone: Phone, at: number): Promise<void> {
  const { passages } = phone.db
  const oldest = localDay(new Date(at - KEPT_FOR_DAYS * 86_400_000))
  await passages.filter((one) => one.day < oldest).delete()
  await passages.filter((one) => one.token !== '' && one.at < at - TOKEN_LIVES).modify({ token: '' })
}

export interface Counts {
  hour: number
  day: number
  in: number
  out: number
  byVerdict: Partial<Record<string, number>>
  hours: { hour: number; count: number }[]
}

export function countsOf(rows: readonly KeptPassage[], hour: number): Counts {
  const live = rows.filter((one) => !one.undone)
  const count = (holds: (one: KeptPassage) => boolean) => live.filter(holds).length
  const hours = [...new Set(live.map((one) => one.hour))].sort((a, b) => a - b)
  return {
    hour: count((one) => one.hour === hour), day: live.length, in: count((one) => one.direction === 'in'), out: count((one) => one.direction === 'out'),
    byVerdict: Object.fromEntries(live.map((one) => [one.decided, count((other) => other.decided === one.decided)])),
    hours: hours.map((each) => ({ hour: each, count: count((one) => one.hour === each) })),
  }
}
