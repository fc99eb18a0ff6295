import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeClient, Problem } from '@/api/client'
import { CAMPAIGN, FakeServer, GRID, town } from '../tests/fake_server.mjs'
import { keepDraft, readDraft } from './drafts'
import { uuid7 } from './ids'
import type { Phone } from './phone'
import { counts, newId, read, save } from './records'
import { sendWaiting } from './sender'
import { enrolmentCode, join } from './session'
import { pullFeed, residentsOf, searchPeople } from './slice'
import { FieldDatabase } from './store'
import { compare, retryAfter, sync } from './sync'
import { logOut } from './wipe'

const HOUR = 3_600_000
const NOON = Date.parse('2021-12-10T04:00:00Z')

let server: FakeServer
let clock: number
let names = 0
let phone: Phone
const opened: FieldDatabase[] = []

function open(name: string): Phone {
  const db = new FieldDatabase(name)
  opened.push(db)
  const client = makeClient({
    words: (code) => code,
    fetch: server.fetch as typeof fetch,
    headers: async (): Promise<Record<string, string>> => {
      const session = await db.note('session')
      return session ? { Authorization: `Bearer ${session.token}` } : {}
    },
  })
  return { db, client, now: () => clock, chance: () => 0.5 }
}

beforeEach(async () => {
  server = new FakeServer(town({ buildings: 1, now: NOON }))
  clock = NOON
  phone = open(`phone-${++names}`)
  await join(phone, { enrolment_code: 'ABCD-2345', device_name: '走访手机' })
  await sync(phone, 'full')
})

afterEach(() => opened.splice(0).forEach((db) => db.close()))

const household = (n = 0) => server.place.households[n]!

async function visit(n = 0, extra = 0, on: Phone = phone) {
  const id = newId(on)
  const outcome = { campaign: CAMPAIGN, target: household(n).id, occasion: '2021-12-10', outcome: 'done' as const }
  const changes = Array.from({ length: extra }, () => ({
    id: newId(on), kind: 'registry.household_changed.v1',
    body: { household: household(n).id, parent: id, change: 'added', resident: uuid7(), person: { name: '王小明' } },
  }))
  return save(on, {
    household: household(n).id, visit: id, task: { outcome, people: 3 },
    facts: [{ id, kind: 'screening.household_visited.v1', body: { task: outcome, present: [], answers: { fever: false }, exceptions: [], people: 3 } }, ...changes],
  })
}

describe('a saved record', () => {
  test('is written strictly: anything less loses a day to a flat battery', async () => {
    const seen: [string, string][] = []
    const begin = IDBDatabase.prototype.transaction
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
      const transaction = begin.apply(this, args)
      seen.push([transaction.mode, transaction.durability])
      return transaction
    })
    await visit(0, 2, open(phone.db.name))
    const writing = seen.filter(([mode]) => mode === 'readwrite')
    expect(writing.length).toBeGreaterThan(0)
    expect(writing.every(([, durability]) => durability === 'strict')).toBe(true)
  })

  test('can be read by nobody who takes the database away', async () => {
    await visit(0, 1)
    const rows = await phone.db.records.toArray()
    expect(rows).toHaveLength(2)
    const bytes = JSON.stringify(rows, (_key, value) => (value instanceof ArrayBuffer ? new TextDecoder('latin1').decode(value) : value))
    expect(bytes).not.toContain('王小明')
    expect(bytes).not.toContain('fever')
    const { key } = (await phone.db.keys.get('own'))!
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  })

  test('can be read again by the one who wrote it', async () => {
    const [first] = await visit()
    expect((await read(phone, first!))?.body).toMatchObject({ answers: { fever: false } })
  })

  test('carries numbers without gaps, also when a saving failed', async () => {
    await visit()
    vi.spyOn(phone.db.records, 'bulkAdd').mockImplementationOnce(() => { throw new DOMException('full', 'QuotaExceededError') })
    await expect(visit(1)).rejects.toThrow('full')
    await visit(2, 1)
    expect((await phone.db.records.orderBy('n').toArray()).map((r) => r.n)).toEqual([1, 2, 3])
  })

  test('that failed leaves nothing behind, not even a mark', async () => {
    vi.spyOn(phone.db.records, 'bulkAdd').mockImplementationOnce(() => { throw new DOMException('full', 'QuotaExceededError') })
    await expect(visit()).rejects.toThrow()
    expect(await phone.db.marks.count()).toBe(0)
    expect((await counts(phone)).waiting).toBe(0)
  })
})

describe('sending', () => {
  test('keeps ids and text through lost answers, and the visit counts once', async () => {
    const [record] = await visit()
    server.break = { loseAnswers: true }
    expect((await sync(phone, 'send')).result).toBe('failed')
    server.break = {}
    await sync(phone, 'send')
    const sendings = server.requests.filter((request) => request.path === '/api/v1/records').map((request) => request.text)
    expect(sendings).toHaveLength(2)
    expect(sendings[0]).toBe(sendings[1])
    expect([...server.records.keys()]).toEqual([record!.id])
    expect(await counts(phone)).toMatchObject({ waiting: 0, sent: 1 })
    expect((await phone.db.note('counters'))?.delivered).toBe(1)
  })

  test('keeps a refused record here, with the server’s words, and sends the others', async () => {
    server.break = { refuse: (record: { n: number }) => (record.n === 2 ? 'screening.people_negative' : undefined) }
    await visit(0)
    await visit(1)
    await visit(2)
    expect(await sendWaiting(phone)).toEqual({ sent: 2, returned: 1 })
    const [returned] = await phone.db.records.where('state').equals('returned').toArray()
    expect(returned).toMatchObject({ n: 2, code: 'screening.people_negative' })
    expect(returned!.message).toContain('格式不对')
    expect(await read(phone, returned!)).not.toBeNull()
    expect(await phone.db.marks.get(returned!.id)).toBeUndefined()
    server.requests.length = 0
    await sync(phone, 'send')
    expect(server.requests.filter((request) => request.path === '/api/v1/records')).toEqual([])
  })

  test('goes in batches of at most 500', async () => {
    for (let n = 0; n < 11; n++) await visit(n, 49)
    await sendWaiting(phone)
    const sizes = server.requests.filter((r) => r.path === '/api/v1/records').map((r) => JSON.parse(r.text).records.length)
    expect(sizes).toEqual([500, 50])
  })

  test('halves a batch that the server finds too large', async () => {
    await visit(0, 3)
    const handIn = server.handIn.bind(server)
    vi.spyOn(server, 'handIn').mockImplementation(async (device: unknown, body: { records: unknown[] }) =>
      body.records.length > 1 ? new Response('{"code":"ledger.batch_too_large","message":"太大"}', { status: 413 }) : handIn(device, body))
    expect((await sendWaiting(phone)).sent).toBe(4)
  })

  test('waits as long as a busy server asks, in every tab', async () => {
    await visit()
    server.break = { status: 503, retryAfter: 40 }
    expect((await sync(phone, 'send')).problem?.status).toBe(503)
    server.break = {}
    const other = open(phone.db.name)
    clock += 39_000
    expect(await sync(other, 'send')).toMatchObject({ result: 'paused', resumesIn: 11_000 })
    clock += 30_000
    expect((await sync(other, 'send')).result).toBe('ok')
    expect((await counts(phone)).waiting).toBe(0)
  })

  test('does not wait for a pause that a clock turned back has made years long', async () => {
    await visit()
    server.break = { status: 503, retryAfter: 40 }
    await sync(phone, 'send')
    server.break = {}
    clock -= 10 * 365 * 24 * HOUR
    expect((await sync(phone, 'send')).result).toBe('ok')
  })

  test('leaves what got no receipt waiting', async () => {
    await visit()
    vi.spyOn(server, 'handIn').mockResolvedValue(new Response('{"receipts":[],"position":9,"device":null}'))
    expect(await sendWaiting(phone)).toEqual({ sent: 0, returned: 0 })
    expect((await counts(phone)).waiting).toBe(1)
  })

  test('leaves what got an unheard-of fate waiting', async () => {
    const [record] = await visit()
    vi.spyOn(server, 'handIn').mockResolvedValue(new Response(JSON.stringify({ receipts: [{ id: record!.id, fate: 'pondered' }], position: 9 })))
    await sendWaiting(phone)
    expect((await counts(phone)).waiting).toBe(1)
  })

  test('happens in one of two tabs, and no record is counted twice', async () => {
    const other = open(phone.db.name)
    for (let n = 0; n < 6; n++) await visit(n, 0, n % 2 ? other : phone)
    const held = new Set<string>()
    vi.stubGlobal('navigator', {
      locks: {
        request: async (name: string, _options: unknown, work: (lock: unknown) => unknown) => {
          if (held.has(name)) return work(null)
          held.add(name)
          try {
            return await work({ name })
          } finally {
            held.delete(name)
          }
        },
      },
    })
    const results = await Promise.all([sync(phone, 'send'), sync(other, 'send')])
    vi.unstubAllGlobals()
    expect(results.map((outcome) => outcome.result).sort()).toEqual(['busy', 'ok'])
    expect(server.records.size).toBe(6)
    expect((await phone.db.note('counters'))?.delivered).toBe(6)
  })

  test('counts once even where a browser knows no locks and both tabs send', async () => {
    const other = open(phone.db.name)
    for (let n = 0; n < 4; n++) await visit(n)
    await Promise.all([sendWaiting(phone), sendWaiting(other)])
    expect((await phone.db.note('counters'))?.delivered).toBe(4)
    expect((await phone.db.records.orderBy('n').toArray()).map((record) => record.n)).toEqual([1, 2, 3, 4])
  })

  test('survives a restart: what one opening saved, the next one sends', async () => {
    await visit(0, 1)
    phone.db.close()
    const restarted = open(phone.db.name)
    expect((await sync(restarted, 'send')).result).toBe('ok')
    expect(server.records.size).toBe(2)
  })

  test('spreads its retries and never waits more than five minutes and a half of it', () => {
    expect(retryAfter(1, 0)).toBe(2500)
    expect(retryAfter(3, 0.5)).toBe(20_000)
    expect(retryAfter(50, 0.999)).toBeLessThanOrEqual(450_000)
  })
})

describe('phone and server compare their counts', () => {
  test('and, being equal, the phone lets contents go', async () => {
    await visit(0, 1)
    await sync(phone, 'full')
    expect(await phone.db.note('comparison')).toMatchObject({ phone: 2, server: 2, equal: true })
    expect((await phone.db.records.toArray()).map((record) => [record.box, record.sealed])).toEqual([[null, null], [null, null]])
  })

  test('at once after sending, while contents stay until a later exchange', async () => {
    await visit(0)
    await sync(phone, 'send')
    expect(await phone.db.note('comparison')).toMatchObject({ phone: 1, server: 1, equal: true })
    expect((await phone.db.records.toArray())[0]!.sealed).not.toBeNull()
  })

  test('and, being different, say so and send again what is still here, counting nothing twice', async () => {
    const [lost] = await visit(0)
    await visit(1)
    await sendWaiting(phone)
    server.records.delete(lost!.id)
    for (const device of server.devices.values()) device.sent.delete(lost!.id)
    await sync(phone, 'full')
    expect(await phone.db.note('comparison')).toMatchObject({ phone: 2, server: 1, equal: false })
    expect((await counts(phone)).waiting).toBe(2)
    await sync(phone, 'full')
    expect(await phone.db.note('comparison')).toMatchObject({ phone: 2, server: 2, equal: true })
    expect(server.records.has(lost!.id)).toBe(true)
  })

  test('but not while something waits', async () => {
    await phone.db.drop('comparison')
    await visit()
    await compare(phone, { stored: 0, held: 0, highest_n: 0 }, true)
    expect(await phone.db.note('comparison')).toBeUndefined()
  })
})

describe('the slice', () => {
  test('holds my grid, doors in walking order, people locked', async () => {
    const doors = await phone.db.households.where('grid').equals(GRID).sortBy('walk')
    expect(doors[0]!.door).toBe('1幢1单元101')
    expect(doors).toHaveLength(24)
    expect(await residentsOf(phone, household(0).id)).toHaveLength(household(0).residents.length)
    expect((await phone.db.note('scope'))!.grids[0]).toMatchObject({ name: '明镜-07', path: ['莘塍街道', '明镜社区'] })
    const kept = JSON.stringify(await phone.db.households.toArray())
    expect(kept).not.toContain(household(0).residents[0]!.name)
  })

  test('is read page by page and can stop between pages', async () => {
    server.place = town({ buildings: 30, now: NOON })
    server.shape = 'shape-2'
    const pages: number[] = []
    await pullFeed(phone, (pulled) => pages.push(pulled.households))
    expect(pages).toEqual([500, 720])
    const scope = await phone.db.note('scope')
    expect(scope?.complete).toBe(true)
    expect(scope?.areas).toHaveLength(90) // told with the reset alone, and kept
  })

  test('finds people by name and by the end of a number', async () => {
    const wanted = household(3).residents[0]!
    expect((await searchPeople(phone, wanted.name)).map((found) => found.resident.id)).toContain(wanted.id)
    expect((await searchPeople(phone, wanted.phone_masked!.slice(-4))).map((found) => found.household)).toContain(household(3).id)
    expect(await searchPeople(phone, '  ')).toEqual([])
  })

  test('is dropped when the scope changes, and what is unsent is not', async () => {
    await visit(0)
    server.place = { ...town({ buildings: 1, now: NOON }), households: town({ buildings: 1, now: NOON }).households.slice(0, 2) }
    server.shape = 'another grid'
    await pullFeed(phone)
    expect(await phone.db.households.count()).toBe(2)
    expect(await phone.db.people.count()).toBe(2)
    expect((await counts(phone)).waiting).toBe(1)
  })

  test('loses what belongs to a forgotten campaign: tasks, marks, drafts and what was sent of it', async () => {
    await visit(0)
    await sync(phone, 'full')
    await keepDraft(phone, `visit/${CAMPAIGN}/${household(1).id}`, household(1).id, { answers: { fever: true } })
    const before = await Promise.all([phone.db.records.count(), phone.db.tasks.count(), phone.db.drafts.count()])
    expect(before.every((count) => count > 0)).toBe(true)
    server.forgotten = [CAMPAIGN]
    server.tasks = []
    await pullFeed(phone)
    expect(await Promise.all([phone.db.records.count(), phone.db.tasks.count(), phone.db.marks.count(), phone.db.drafts.count()])).toEqual([0, 0, 0, 0])
    expect(await phone.db.people.count()).toBeGreaterThan(0) // the register is not the campaign's
  })

  test('is dropped when the account has no grid any more, and what is unsent is not', async () => {
    server.break = { dead: true }
    await visit(0)
    server.break = {}
    vi.spyOn(server, 'feed').mockReturnValue(new Response('{"code":"field.nothing_to_carry","message":"没有网格"}', { status: 403 }))
    await sync(phone, 'full')
    expect(server.records.size).toBe(1)
    expect((await phone.db.note('scope'))?.grids).toEqual([])
    expect([await phone.db.people.count(), await phone.db.households.count(), await phone.db.tasks.count()]).toEqual([0, 0, 0])
    vi.restoreAllMocks()
    await sync(phone, 'full')
    expect((await phone.db.note('scope'))?.grids).toHaveLength(1)
    expect(await residentsOf(phone, household(1).id)).not.toBeNull()
  })

  test('shows a visit at once and drops its mark when the feed shows it', async () => {
    await visit(0)
    expect(await phone.db.marks.count()).toBe(1)
    await sync(phone, 'full')
    expect(await phone.db.marks.count()).toBe(0)
    expect((await phone.db.tasks.where('target').equals(household(0).id).toArray()).map((task) => task.state)).toEqual(['done'])
  })
})

describe('after 72 hours without contact', () => {
  test('names are gone, key and all, and work goes on by door number', async () => {
    clock += 72 * HOUR
    expect(await residentsOf(phone, household(0).id)).toBeNull()
    expect(await phone.db.people.count()).toBe(0)
    expect(await phone.db.keys.get('people')).toBeUndefined()
    expect(await phone.db.households.count()).toBe(24)
    await visit(0)
    expect((await counts(phone)).waiting).toBe(1)
    expect(await searchPeople(phone, household(3).residents[0]!.name)).toEqual([])
  })

  test('a minute earlier they are not', async () => {
    clock += 72 * HOUR - 60_000
    expect(await residentsOf(phone, household(0).id)).not.toBeNull()
  })

  test('a clock turned back keeps nothing alive', async () => {
    clock += 71 * HOUR
    await residentsOf(phone, household(0).id)
    clock += 2 * HOUR
    await residentsOf(phone, household(0).id)
    clock = NOON
    expect(await residentsOf(phone, household(0).id)).toBeNull()
  })

  test('the next contact brings them back whole', async () => {
    clock += 80 * HOUR
    await residentsOf(phone, household(0).id)
    await sync(phone, 'full')
    expect(await phone.db.people.count()).toBe(24)
    expect(await residentsOf(phone, household(0).id)).not.toBeNull()
  })

  test('a phone whose clock is ten years off keeps names 72 hours all the same', async () => {
    clock -= 10 * 365 * 24 * HOUR
    await phone.db.notes.delete('latest_seen')
    await pullFeed(phone)
    clock += 71 * HOUR
    expect(await residentsOf(phone, household(0).id)).not.toBeNull()
    clock += 2 * HOUR
    expect(await residentsOf(phone, household(0).id)).toBeNull()
  })
})

describe('a revoked phone', () => {
  test('forgets everybody and loses no visit: what was unsent goes in sealed', async () => {
    await visit(0, 1)
    await keepDraft(phone, 'visit/1', household(1).id, { typed: '王小明' })
    server.revoke()
    server.break = { refuse: undefined }
    vi.spyOn(phone.client, 'answer').mockRejectedValueOnce(new Problem({ code: 'access.token_unknown', message: '已停用' }, 401, new Headers({ 'Lianfang-Wipe': 'people' })))
    await sync(phone, 'send')
    expect(server.records.size).toBe(2)
    expect([...server.records.values()].every((record) => record.sealed)).toBe(true)
    expect([...server.records.values()][0].body.answers).toEqual({ fever: false })
    expect(await phone.db.note('farewell')).toEqual({ handed_in: 2, left: 0 })
    const left = await Promise.all(phone.db.tables.map((table) => table.count()))
    expect(left.reduce((sum, n) => sum + n)).toBe(1) // the farewell itself
  })

  test('that reaches nobody after the wipe keeps the sealed records until it does', async () => {
    await visit(0)
    vi.spyOn(phone.client, 'answer')
      .mockRejectedValueOnce(new Problem({ code: 'access.token_unknown', message: '已停用' }, 401, new Headers({ 'Lianfang-Wipe': 'people' })))
      .mockRejectedValueOnce(new Problem({ code: 'problem.no_connection', message: '连不上' }, 0))
    server.revoke()
    await sync(phone, 'send')
    expect(await phone.db.keys.count()).toBe(0)
    expect(await phone.db.people.count()).toBe(0)
    const [kept] = await phone.db.records.toArray()
    expect(kept).toMatchObject({ state: 'waiting', box: null, household: null })
    expect(kept!.sealed).not.toBeNull()
    await sync(phone, 'send')
    expect(server.records.size).toBe(1)
    expect(await phone.db.note('session')).toBeUndefined()
  })

  test('learns it from the answer to a hand-in as well', async () => {
    await visit(0)
    server.revoke()
    await sync(phone, 'send')
    expect(server.records.size).toBe(1)
    expect(await phone.db.people.count()).toBe(0)
    expect(await phone.db.note('session')).toBeUndefined()
  })

  test('learns it also from an answer that could store nothing, and goes on with the sealed copies', async () => {
    await visit(0)
    const cannotStore = () => new Response('{"code":"ledger.cannot_store","message":"存不下"}', { status: 503, headers: { 'Lianfang-Wipe': 'people', 'Retry-After': '5' } })
    const handIn = vi.spyOn(server, 'handIn').mockImplementation(async () => cannotStore())
    server.revoke()
    await sync(phone, 'send')
    expect(await phone.db.people.count()).toBe(0)
    expect(await phone.db.keys.count()).toBe(0)
    expect((await counts(phone)).waiting).toBe(1)
    handIn.mockRestore()
    expect((await sync(phone, 'send')).result).toBe('paused')
    clock += 10_000
    await sync(phone, 'send')
    expect([...server.records.values()].map((record) => record.sealed)).toEqual([true])
  })

  test('saves nothing more', async () => {
    server.revoke()
    await sync(phone, 'full')
    await expect(visit(0)).rejects.toThrow()
  })
})

describe('signing out', () => {
  test('is blocked while something is unsent, and then leaves nothing', async () => {
    await visit(0)
    expect(await logOut(phone)).toBe('unsent')
    expect((await counts(phone)).waiting).toBe(1)
    await sendWaiting(phone)
    expect(await logOut(phone)).toBe('done')
    const left = await Promise.all(phone.db.tables.map((table) => table.count()))
    expect(left.every((n) => n === 0)).toBe(true)
  })

  test('by a token that expired keeps all, and signing in again sends it', async () => {
    await visit(0)
    server.devices.clear()
    expect((await sync(phone, 'send')).problem?.code).toBe('access.token_unknown')
    expect((await phone.db.note('session'))?.expired).toBe(true)
    expect(await phone.db.people.count()).toBe(24)
    await join(phone, { account: 'grid-07', password: 'correct-horse', device_name: '走访手机' })
    await sync(phone, 'full')
    expect(server.records.size).toBe(1)
  })
})

describe('drafts', () => {
  test('survive a restart and are locked', async () => {
    await keepDraft(phone, 'visit/7', household(0).id, { note: '王小明发热' })
    phone.db.close()
    const restarted = open(phone.db.name)
    expect(await readDraft(restarted, 'visit/7')).toEqual({ note: '王小明发热' })
    expect(JSON.stringify(await restarted.db.drafts.toArray())).not.toContain('王小明')
  })

  test('are finished by saving what they were for', async () => {
    await keepDraft(phone, 'visit/7', household(0).id, {})
    const id = newId(phone)
    await save(phone, { household: household(0).id, visit: id, facts: [{ id, kind: 'screening.household_visited.v1', body: {} }], draft: 'visit/7' })
    expect(await phone.db.drafts.count()).toBe(0)
  })
})

describe('an enrolment code', () => {
  test.each([
    ['ABCD-2345', 'ABCD-2345'],
    [' ABCD 2345 ', 'ABCD2345'],
    ['https://lf.example/m/enrol#code=ABCD-2345', 'ABCD-2345'],
    ['https://lf.example/m/?enrolment_code=xyz_', 'xyz'],
    ['你好', null],
    ['', null],
  ])('is read from %j', (seen, code) => expect(enrolmentCode(seen)).toBe(code))
})

test('ids sort by the moment they were made, and say version 7', () => {
  const [early, late] = [uuid7(NOON), uuid7(NOON + 1)]
  expect(early < late).toBe(true)
  expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(parseInt(early.replace('-', '').slice(0, 12), 16)).toBe(NOON)
})

test('the shipped scanner is the one its reader was made for', () => {
  const version = (name: string) => JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8'))
  expect(version('zxing-wasm').version).toBe(version('barcode-detector').dependencies['zxing-wasm'])
})
