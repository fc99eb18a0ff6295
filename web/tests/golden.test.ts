/**
 * Records what this client sends, for the set of old clients that every later server must understand (tests/crash/golden/README.md).
 * Runs only when told where; in an ordinary test run there is nothing to record.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeClient } from '@/api/client'
import type { Uuid } from '@/api/types'
import type { Phone } from '@/outbox/phone'
import { newId, save } from '@/outbox/records'
import { sendWaiting } from '@/outbox/sender'
import { join } from '@/outbox/session'
import { pullFeed } from '@/outbox/slice'
import { FieldDatabase } from '@/outbox/store'

const folder = process.env['LIANFANG_GOLDEN']

interface Sent { path: string; headers: Record<string, string>; text: string }

test.runIf(folder)('a day of this client is recorded', async () => {
  const world = JSON.parse(readFileSync(`${folder}/world.json`, 'utf8'))
  const sent: Sent[] = []
  const phone = open(world, sent)
  await join(phone, { enrolment_code: 'ABCD-2345', device_name: '走访手机' })
  await pullFeed(phone)
  const [first, second, third, fourth] = world.feed.households
  await visit(phone, world.feed, first.id)
  await visit(phone, world.feed, second.id, { outcome: 'nobody_home', appointment: '2021-12-10T19:30' })
  await sendWaiting(phone)
  await visit(phone, world.feed, second.id)
  await visit(phone, world.feed, third.id, { outcome: 'refused' })
  await visit(phone, world.feed, fourth.id, {}, true)
  await phone.db.keys.clear() // wiped: from here on only what was sealed can be handed in
  await sendWaiting(phone)
  expect(sent).toHaveLength(2)
  expect(sent[1]!.text).toContain('"sealed"')
  writeFileSync(`${folder}/web.json`, `${JSON.stringify(sent, null, 1)}\n`)
})

/** A phone whose server says what it said that day, and takes everything. */
function open(world: { now: string; feed: unknown; server_key: unknown }, sent: Sent[]): Phone {
  const answers: Record<string, unknown> = {
    '/api/v1/tokens': {
      token: 'golden', expires_at: '2022-12-10T00:00:00Z', cache_hours: 72, account: { id: uuid(1), name: 'grid-01' }, device: { id: uuid(2), name: '走访手机' },
    },
    '/api/v1/server-key': world.server_key,
    '/api/v1/feed': world.feed,
  }
  const fetch = async (url: string, init: RequestInit) => {
    const path = url.split('?')[0]!
    if (path !== '/api/v1/records') return Response.json(answers[path])
    sent.push({ path, headers: Object.fromEntries(new Headers(init.headers)), text: String(init.body) })
    const ids = (JSON.parse(String(init.body)).records as { id: string }[]).map((record) => record.id)
    return Response.json({ receipts: ids.map((id) => ({ id, fate: 'stored' })), position: 1, device: null })
  }
  let now = Date.parse(world.now) + 3_600_000
  const client = makeClient({ words: (code) => code, fetch: fetch as typeof globalThis.fetch, headers: async () => ({}) })
  return { db: new FieldDatabase('golden'), client, now: () => (now += 1000), chance: () => 0.5 }
}

const uuid = (n: number): Uuid => `018d0000-0000-7000-8000-00000000000${n}` as Uuid

interface Question { code: string; type: string; choices?: { value: string }[] }

interface Feed { campaigns: { id: Uuid; occasion: string; form: { questions: Question[] } }[]; households: { id: Uuid; residents: { id: Uuid }[] }[] }

function usual(question: Question): unknown {
  if (question.type === 'choice') return question.choices![0]!.value
  return question.type === 'yes_no' ? false : question.type === 'integer' ? 0 : '无'
}

/** As the visit page saves it: the visit, and with `newborn` somebody who was not on the list. */
async function visit(phone: Phone, feed: Feed, target: Uuid, how: { outcome?: 'done' | 'nobody_home' | 'refused'; appointment?: string } = {}, newborn = false) {
  const [campaign] = feed.campaigns
  const home = feed.households.find((household) => household.id === target)!
  const id = newId(phone)
  const outcome = { campaign: campaign!.id, target, occasion: campaign!.occasion, outcome: how.outcome ?? ('done' as const), ...(how.appointment ? { appointment: how.appointment } : {}) }
  const done = outcome.outcome === 'done'
  const people = done ? home.residents.length + (newborn ? 1 : 0) : 0
  const answers = Object.fromEntries(campaign!.form.questions.filter(() => done).map((question) => [question.code, usual(question)]))
  const added = { household: target, parent: id, change: 'added', resident: newId(phone), person: { name: '王小明' } }
  await save(phone, {
    household: target, visit: id, task: { outcome, people },
    facts: [
      { id, kind: 'screening.household_visited.v1', body: { task: outcome, present: done ? home.residents.map((person) => person.id) : [], answers, exceptions: [], people } },
      ...(newborn ? [{ id: newId(phone), kind: 'registry.household_changed.v1', body: added }] : []),
    ],
  })
}
