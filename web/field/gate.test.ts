/** What a phone keeps of a gate, and what it sends. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import vectors from '../../src/lianfang/operations/checkpoints/vectors.json'
import type { FeedGate, FeedGates, Uuid } from '@/api/types'
import { makeClient } from '@/api/client'
import { toBase64 } from '@/outbox/base64'
import type { Phone } from '@/outbox/phone'
import { read } from '@/outbox/records'
import { sendWaiting } from '@/outbox/sender'
import { join } from '@/outbox/session'
import { pullFeed } from '@/outbox/slice'
import { FieldDatabase, type KeptGates } from '@/outbox/store'
import { wipePeople } from '@/outbox/wipe'
import { fromHex } from '@/shared/credential'
import type { InForce } from '@/shared/policies'
import { FakeServer, town } from '../tests/fake_server.mjs'
import { asks, countsOf, momentAt, nextInput, note, onCode, outcomeOf, passagesOf, standing, tableOf, tidy, undo, type Post } from './gate'

const NOW = Date.parse(vectors.now)
const HOUR = 3_600_000
const INCIDENT = '018d0000-0000-7000-8000-0000000000e1' as Uuid
const table = vectors.table as unknown as InForce
const LIVE = vectors.looks.find((one) => one.verdict === 'genuine')!.text!
const gate: FeedGate = {
  id: '018d0000-0000-7000-8000-0000000000f1' as Uuid, name: '东山出口', kind: 'expressway', lanes: 2, directions: ['in', 'out'], place: '明镜社区', lineage: [table.area],
  code: table.edition.code, ends_at: new Date(NOW + 5 * 24 * HOUR).toISOString(), drill: false, incident: INCIDENT, supervisors: [],
}
const slice: FeedGates = {
  gates: [gate], policies: [table], token_keys: [{ incident: INCIDENT, day: '2021-08-08', key: '00'.repeat(32) }],
  verify_by: {
    keys: vectors.keys.map((key) => ({ id: toBase64(fromHex(key.id)), x: toBase64(fromHex(key.x)), y: toBase64(fromHex(key.y)), signs_from: key.signs_from, signs_until: key.signs_until, withdrawn: false })),
    revoked: vectors.revoked as unknown as FeedGates['verify_by']['revoked'],
  },
}
const post: Post = { gate, lane: 1, direction: 'in' }
const EXTRAS = { decided: 'pass' as const, given: 0 }

let clock: number
let phone: Phone
let kept: KeptGates
let names = 0

beforeEach(async () => {
  clock = NOW
  const server = new FakeServer(town({ buildings: 1, now: NOW }))
  const fetch = async (url: string, init: RequestInit) => {
    const answer = await (server.fetch as typeof globalThis.fetch)(url, init)
    return url.includes('/feed') ? Response.json({ ...(await answer.json()), gates: slice, as_of: new Date(NOW).toISOString(), names_until: new Date(NOW + 72 * HOUR).toISOString() }) : answer
  }
  const db = new FieldDatabase(`gate-${++names}`)
  const headers = async (): Promise<Record<string, string>> => ({ Authorization: `Bearer ${(await db.note('session'))?.token ?? ''}` })
  phone = { db, client: makeClient({ words: (code) => code, fetch: fetch as typeof globalThis.fetch, headers }), now: () => clock, chance: () => 0.5 }
  await join(phone, { enrolment_code: 'ABCD-2345', device_name: '卡口手机' })
  await pullFeed(phone)
  kept = (await db.note('gates'))!
})
afterEach(() => phone.db.close())

async function passes(text = LIVE) {
  const who = await onCode(phone, kept, post, text, { who: 'grown_up' })
  const at = await momentAt(phone, kept)
  return { who, passage: await note(phone, kept, post, who, outcomeOf(who, gate, tableOf(kept, gate, at), at), EXTRAS) }
}

describe('at a gate', () => {
  test('what the feed brings is kept, and gone when it brings none', async () => {
    expect(kept.slice.gates[0]!.name).toBe('东山出口')
    expect(asks(gate, NOW)).toBe(true)
    expect(asks(gate, NOW + 5 * 24 * HOUR)).toBe(false)
  })

  test('a code is decided, noted with a token and without its number, and counted', async () => {
    const { who, passage } = await passes()
    expect(who.look!.verdict).toBe('genuine')
    const [record] = await phone.db.records.toArray()
    const text = JSON.stringify(await read(phone, record!))
    expect(text).toContain(passage.token)
    expect(passage.token).toMatch(/^[0-9a-f]{32}$/)
    expect(text).not.toContain(vectors.tokens[0]!.number)
    expect(text).not.toContain('张')
    expect(countsOf(await passagesOf(phone, gate.id, passage.day), passage.hour)).toMatchObject({ hour: 1, day: 1, in: 1, out: 0, byVerdict: { pass: 1 } })
  })

  test('the same person is known again for ten minutes, somebody else is not taken for them', async () => {
    const { passage } = await passes()
    expect((await onCode(phone, kept, post, LIVE, {})).noted).toBe(passage.at)
    expect((await onCode(phone, kept, { ...post, direction: 'out' }, LIVE, {})).noted).toBeNull()
    expect(standing('foreign_code', {}).noted).toBeNull()
    await undo(phone, passage)
    expect((await onCode(phone, kept, post, LIVE, {})).noted).toBeNull()
  })

  test('undoing is a record of its own, and both are handed in', async () => {
    const { passage } = await passes()
    await undo(phone, passage)
    expect(countsOf(await passagesOf(phone, gate.id, passage.day), passage.hour).day).toBe(0)
    const kinds = (await phone.db.records.orderBy('n').toArray()).map((one) => one.kind)
    expect(kinds).toEqual(['checkpoints.passage_noted.v1', 'checkpoints.passage_undone.v1'])
    expect((await sendWaiting(phone)).sent + (await phone.db.records.where('state').equals('returned').count())).toBe(2)
  })

  test('tokens go after their hour, counts stay', async () => {
    const { passage } = await passes()
    await tidy(phone, passage.at + HOUR + 1)
    expect((await phone.db.passages.get(passage.id))!.token).toBe('')
    await tidy(phone, passage.at + 9 * 24 * HOUR)
    expect(await phone.db.passages.count()).toBe(0)
  })

  test('a phone that is taken out of service keeps nothing of the gate', async () => {
    await passes()
    await wipePeople(phone)
    expect([await phone.db.passages.count(), await phone.db.note('gates')]).toEqual([0, undefined])
  })

  test('a code that is not good asks nothing, and is for a person', () => {
    const who = { ...standing('credential', {}), look: { verdict: 'forged' as const, number: null, holder: null, evidence: [] } }
    expect(nextInput(who, table, NOW)).toBeNull()
    expect(outcomeOf(who, gate, table, NOW)).toMatchObject({ verdict: 'by_hand', reason: 'checkpoints.forged' })
  })

  test('a clock set back counts from the last sync, and from what the phone saw since', async () => {
    clock = NOW - 9 * 24 * HOUR
    expect(await momentAt(phone, kept)).toBe(kept.as_of)
    clock = NOW + 6 * HOUR
    expect(await momentAt(phone, kept)).toBe(kept.as_of + 6 * HOUR)
    clock = NOW - 9 * 24 * HOUR
    expect(await momentAt(phone, kept)).toBe(kept.as_of + 6 * HOUR)
  })

  test('a clock that was ahead once and was put right does not stop the gate’s', async () => {
    clock = NOW + 24 * HOUR
    await momentAt(phone, kept)
    clock = NOW + HOUR
    await pullFeed(phone)
    kept = (await phone.db.note('gates'))!
    clock = NOW + 2 * HOUR
    expect(await momentAt(phone, kept)).toBe(kept.as_of + HOUR)
  })
})
