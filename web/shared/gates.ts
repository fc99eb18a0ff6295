/** What follows at a gate. The server judges alike (operations/checkpoints/rules.py; checkpoints/vectors.json). Pure. */
import type { Attested, CodeVerdict } from './credential'
import { fromHex, hex } from './credential'
import type { Decision, Edition, Said, TableVerdict } from './policies'

export type GateVerdict = 'pass' | 'by_hand' | 'test_first' | 'turned_back' | 'quarantine_path'
export type Direction = 'in' | 'out'

export interface GateDecision {
  verdict: GateVerdict
  reason: string
}

/** Token, gate, direction, milliseconds. */
export type Noted = [string, string, string, number]

const REPEAT_WITHIN = 600_000
const FOLLOWS: Partial<Record<TableVerdict, GateVerdict>> = {
  pass: 'pass', nothing: 'pass', test_first: 'test_first', turn_back: 'turned_back', quarantine_first: 'quarantine_path', quarantine: 'quarantine_path',
}
const NOT_GOOD: Partial<Record<CodeVerdict, string>> = {
  copied: 'show_live', replayed: 'show_live', from_the_future: 'clock', expired: 'expired', revoked: 'revoked', forged: 'forged',
  wrong_key: 'wrong_key', damaged: 'damaged', foreign: 'foreign', too_long: 'too_long',
}

/** `code`: what a look at a credential came to; null when none was looked at. `compared`: face or digits were compared. */
export function judge(asks: boolean, code: CodeVerdict | null, compared: boolean, decision: Decision | null): GateDecision {
  const notGood = code === null ? undefined : NOT_GOOD[code]
  const follows = decision ? FOLLOWS[decision.verdict] : undefined
  if (!asks) return because('pass', 'nothing_asked')
  if (notGood) return because('by_hand', notGood)
  if (code === 'paper' && !compared) return because('by_hand', 'compare')
  if (!decision?.policy) return because('by_hand', 'no_policy')
  return follows ? because(follows, 'by_policy') : because('by_hand', 'open_question')
}

function because(verdict: GateVerdict, reason: string): GateDecision {
  return { verdict, reason: `checkpoints.${reason}` }
}

/** What evidence says to the inputs of a table; of two pieces of one input the latest counts. */
export function factsOf(evidence: Attested[], edition: Edition): Record<string, Said> {
  const facts: Record<string, Said> = {}
  for (const piece of [...evidence].sort((one, other) => one.at - other.at)) {
    const [name, value] = piece.what.includes(':') ? [piece.what.slice(0, piece.what.indexOf(':')), piece.what.slice(piece.what.indexOf(':') + 1)] : [piece.what, '']
    const asked = edition.inputs.find((one) => one.name === name)
    if (asked?.kind === 'hours_since' && !value) facts[name] = new Date(piece.at * 1000).toISOString().replace('.000Z', '+00:00')
    else if (asked?.kind === 'one_of' && Object.hasOwn(asked.values ?? {}, value)) facts[name] = value
  }
  return facts
}

/** The server's time at the last sync, carried on by a clock that never runs backwards here. Milliseconds. */
export function gateMoment(phone: number, contact: number, asOf: number, latest: number): number {
  return asOf + Math.max(0, Math.max(phone, latest) - contact)
}

/** Who it was, for one hour and for nobody without the key. */
export async function tokenOf(number: Uint8Array, key: string, hour: number): Promise<string> {
  const said = new Uint8Array(8 + number.length)
  new DataView(said.buffer).setUint32(4, Math.floor(hour / 3_600_000))
  said.set(number, 8)
  const mac = await crypto.subtle.importKey('raw', fromHex(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return hex(new Uint8Array(await crypto.subtle.sign('HMAC', mac, said)).slice(0, 16))
}

/** Was this person noted here a moment ago, going the same way? Asked of the person, never of who stands at the gate. */
export function isRepeat(before: Noted[], token: string, gate: string, direction: string, at: number): boolean {
  return token !== '' && before.some((one) => one[0] === token && one[1] === gate && one[2] === direction && at >= one[3] && at - one[3] < REPEAT_WITHIN)
}

/** Who stands at a gate may do what was said, and may let pass whom they looked at by hand. All else takes a colleague, and a reason. */
export function needsSupervisor(verdict: GateVerdict, decided: GateVerdict): boolean {
  return decided !== verdict && !(verdict === 'by_hand' && decided === 'pass')
}
