/**
 * A test double of the server, after the contract: tokens, server-key, records, feed. Keeps everything in memory and does as told:
 * `break` makes it answer 503, lose answers, or refuse. It exists so that the phone can be tried without a server; it proves nothing about one.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core'
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519'

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
const INFO = new TextEncoder().encode('lianfang record v1')
const id = (kind, n) => `00000000-0000-7000-8${kind.toString(16).padStart(3, '0')}-${n.toString(16).padStart(12, '0')}`

export const GRID = id(1, 7)
export const CAMPAIGN = id(2, 1)

/** A small place: buildings of two entrances and six floors, families of one to five. */
export function town({ buildings = 2, now = Date.now() } = {}) {
  const surnames = [...'赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨']
  const given = ['秀英', '建国', '桂兰', '志强', '婷', '子涵', '玉珍', '浩然']
  const areas = []
  const households = []
  let walk = 0
  for (let b = 1; b <= buildings; b++) {
    areas.push({ id: id(3, b), parent: GRID, kind: 'building', name: `${b}幢` })
    for (let e = 1; e <= 2; e++) {
      const entrance = id(4, b * 10 + e)
      areas.push({ id: entrance, parent: id(3, b), kind: 'entrance', name: `${e}单元` })
      for (let floor = 1; floor <= 6; floor++) {
        for (let side = 1; side <= 2; side++) {
          const n = ++walk
          const size = 1 + ((n * 7) % 5)
          const surname = surnames[n % surnames.length]
          households.push({
            id: id(5, n), dwelling: id(6, n), area: entrance, grid: GRID, door: `${b}幢${e}单元${floor}0${side}`, walk: n, status: 'listed', position: n,
            residents: Array.from({ length: size }, (_, i) => ({
              id: id(7, n * 10 + i),
              name: (i === 1 ? surnames[(n + 5) % surnames.length] : surname) + given[(n + i * 3) % given.length],
              sex: (n + i) % 2 ? 'female' : 'male', born_year: 1945 + ((n * 13 + i * 21) % 70),
              relation: ['head', 'spouse', 'child', 'parent', 'other'][i], residence_kind: n % 9 === 0 ? 'migrant' : 'usual',
              phone_masked: i < 2 ? `138****${String(1000 + n * 7 + i).slice(-4)}` : null, id_masked: `****${String(2000 + n * 3 + i).slice(-3)}X`,
              status: 'present', versions: {},
            })),
          })
        }
      }
    }
  }
  const day = new Date(now).toISOString().slice(0, 10)
  return {
    scope: { grids: [{ id: GRID, name: '明镜-07', path: ['莘塍街道', '明镜社区', '明镜-07'], responsible: true }], areas },
    campaigns: [{
      id: CAMPAIGN, name: '入户排查', occasion: day, drill: true, incident: id(8, 1), starts_on: day, ends_on: new Date(now + 5 * 86_400_000).toISOString().slice(0, 10), listed: households.length,
      form: {
        id: id(9, 1), version: 1, title: '入户排查',
        questions: [
          { code: 'fever', per: 'person', type: 'yes_no', label: { zh: '有人发热吗?', en: 'Does anybody have a fever?' }, default: false },
          { code: 'travelled', per: 'person', type: 'yes_no', label: { zh: '14 天内有人去过中高风险地区吗?', en: 'Has anybody been to a risk area in 14 days?' }, default: false },
          { code: 'away_to', per: 'person', type: 'text', label: { zh: '外出到哪里?', en: 'Away, where?' } },
        ],
      },
    }],
    households,
  }
}

export class FakeServer {
  constructor(place = town()) {
    this.place = place
    this.records = new Map()
    this.devices = new Map()
    this.codes = new Set(['ABCD-2345'])
    this.accounts = new Map([['grid-07', 'correct-horse']])
    this.shape = 'shape-1'
    this.position = place.households.length
    this.forgotten = []
    this.tasks = place.households.map((h) => ({ campaign: CAMPAIGN, target: h.id, occasion: place.campaigns[0]?.occasion, state: 'untouched', outcome: null, at: null, position: h.position }))
    /** How to misbehave: { status, retryAfter, loseAnswers, refuse(record) → code, dead } */
    this.break = {}
    this.requests = []
    this.keys = suite.kem.generateKeyPair()
  }

  async publicKey() {
    const { publicKey } = await this.keys
    return Buffer.from(await suite.kem.serializePublicKey(publicKey)).toString('base64')
  }

  revoke() {
    for (const device of this.devices.values()) device.revoked = true
  }

  /** Same face as fetch. */
  fetch = async (path, init = {}) => {
    if (this.break.dead) throw new TypeError('fetch failed')
    const url = new URL(path, 'http://127.0.0.1')
    const headers = new Headers(init.headers)
    const text = init.body ?? ''
    this.requests.push({ path: url.pathname, method: init.method ?? 'GET', text })
    if (this.break.status) return problem(this.break.status, 'server.busy', '服务器忙,请稍后再试。', this.break.retryAfter ? { 'Retry-After': String(this.break.retryAfter) } : {})
    const answer = await this.route(url, init.method ?? 'GET', headers, text)
    if (this.break.loseAnswers) throw new TypeError('connection reset')
    return answer
  }

  async route(url, method, headers, text) {
    const where = `${method} ${url.pathname}`
    if (where === 'POST /api/v1/tokens') return this.token(JSON.parse(text))
    if (where === 'GET /api/v1/server-key') return json({ public_key: await this.publicKey(), key_id: 'k1' })
    const device = this.devices.get((headers.get('Authorization') ?? '').replace('Bearer ', ''))
    if (!device) return problem(401, 'access.token_unknown', '这台手机没有登录,或登录已经过期。')
    if (where === 'POST /api/v1/records') return this.handIn(device, JSON.parse(text))
    if (where === 'GET /api/v1/feed') return this.feed(device, url.searchParams)
    return problem(404, 'access.not_found', '没有这一页。')
  }

  token(asked) {
    const byCode = asked.enrolment_code && this.codes.delete(asked.enrolment_code)
    const byPassword = asked.account && this.accounts.get(asked.account) === asked.password
    if (!byCode && !byPassword) {
      return asked.enrolment_code
        ? problem(401, 'access.enrolment_code_unknown', '这个码不对,或已经用过、过期了。请管理员再出一个。')
        : problem(401, 'access.wrong_password', '账号或密码不对。')
    }
    const device = { id: id(10, this.devices.size + 1), name: asked.device_name, revoked: false, sent: new Map() }
    const token = `token-${this.devices.size + 1}`
    this.devices.set(token, device)
    return json({ token, expires_at: '2027-01-01T00:00:00Z', device: { id: device.id, name: device.name }, account: { id: id(11, 7), name: '网格员 07' }, cache_hours: 72 })
  }

  count(device) {
    const fates = [...device.sent.values()]
    return { stored: fates.filter((f) => f === 'stored').length, held: fates.filter((f) => f === 'held').length, highest_n: Math.max(0, ...[...this.records.values()].map((r) => r.n ?? 0)) }
  }

  async handIn(device, { records }) {
    if (records.length > 1000) return problem(413, 'ledger.batch_too_large', '一次最多 1000 条。')
    const receipts = []
    for (const raw of records) receipts.push(await this.receive(device, raw))
    return json({ receipts, position: this.position, device: this.count(device) }, device.revoked ? { 'Lianfang-Wipe': 'people' } : {})
  }

  async receive(device, raw) {
    const record = raw.sealed ? await this.open(raw) : raw
    const content = JSON.stringify(record)
    const known = this.records.get(record.id)
    if (known) return { id: record.id, fate: known.content === content ? 'already_held' : 'held', code: known.content === content ? null : 'ledger.same_id_other_content', message: null }
    const refusal = this.break.refuse?.(record)
    if (refusal) return { id: record.id, fate: 'refused', code: refusal, message: '这条记录的格式不对:「人数」不能是负数。' }
    const fate = device.revoked ? 'held' : 'stored'
    this.records.set(record.id, { ...record, content, sealed: Boolean(raw.sealed) })
    device.sent.set(record.id, fate)
    this.position++
    if (record.body?.task && fate === 'stored') this.task(record)
    return { id: record.id, fate, code: fate === 'held' ? 'ledger.device_revoked' : null, message: fate === 'held' ? '这台手机已停用,记录先留着,由人核对。' : null }
  }

  task({ body: { task }, at }) {
    const state = { done: 'done', moved_away: 'struck', vacant: 'struck' }[task.outcome] ?? 'attempted'
    this.tasks.push({ campaign: task.campaign, target: task.target, occasion: task.occasion, state, outcome: task.outcome, at, position: this.position })
  }

  async open({ id: recordId, sealed }) {
    const wire = Uint8Array.from(Buffer.from(sealed, 'base64'))
    const recipient = await suite.createRecipientContext({ recipientKey: (await this.keys).privateKey, enc: wire.slice(0, 32).buffer, info: INFO.buffer })
    const plain = await recipient.open(wire.slice(32).buffer, new TextEncoder().encode(recordId).buffer)
    return JSON.parse(new TextDecoder().decode(plain))
  }

  feed(device, query) {
    if (device.revoked) return problem(401, 'access.device_revoked', '这台手机已停用。', { 'Lianfang-Wipe': 'people' })
    const asked = Number(query.get('after') ?? 0)
    const reset = asked === 0 || query.get('shape') !== this.shape
    const after = reset ? 0 : asked
    const limit = Number(query.get('limit') ?? 500)
    const due = this.place.households.filter((h) => h.position > after).sort((a, b) => a.position - b.position)
    const households = due.slice(0, limit)
    const more = due.length > limit
    const now = Date.now()
    return json({
      reset, more, position: more ? households.at(-1).position : this.position, shape: this.shape,
      as_of: new Date(now).toISOString(), names_until: new Date(now + 72 * 3_600_000).toISOString(),
      scope: { grids: this.place.scope.grids, areas: reset ? this.place.scope.areas : [] }, campaigns: this.place.campaigns, households, gone: [],
      tasks: this.tasks.filter((task) => task.position > after), device: this.count(device), forgotten: this.forgotten,
    })
  }
}

function json(body, headers = {}) {
  return new Response(JSON.stringify(body), { status: 200, headers: { 'Content-Type': 'application/json', ...headers } })
}

function problem(status, code, message, headers = {}) {
  return new Response(JSON.stringify({ code, message, details: {} }), { status, headers: { 'Content-Type': 'application/json', ...headers } })
}

// ---- as a process: serves the built app as well, for a first look in a browser -------------------------------------------

const ASSETS = fileURLToPath(new URL('../../src/lianfang/screens/assets/', import.meta.url))
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm', '.png': 'image/png', '.webmanifest': 'application/manifest+json' }

function assetFor(path) {
  if (path === '/m' || path.startsWith('/m/')) return 'field/index.html'
  if (path === '/sw.js' || path === '/manifest.webmanifest') return path.slice(1)
  return path.startsWith('/static/') ? normalize(path.slice('/static/'.length)) : null
}

export function serve(fake, port) {
  const server = createServer(async (request, reply) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const url = new URL(request.url, 'http://127.0.0.1')
    try {
      if (url.pathname === '/test/break') {
        fake.break = JSON.parse(text)
        if (fake.break.refuseAll) fake.break.refuse = () => 'screening.people_negative'
        return reply.end('{}')
      }
      if (url.pathname === '/test/revoke') return reply.end(String(fake.revoke()))
      if (url.pathname === '/test/form') return reply.end(String((fake.place.campaigns[0].form = JSON.parse(text)).version))
      if (url.pathname === '/test/code') return reply.end(String(fake.codes.add(text)))
      if (url.pathname === '/test/records') return reply.end(JSON.stringify([...fake.records.values()]))
      if (url.pathname.startsWith('/api/')) {
        const answer = await fake.fetch(request.url, { method: request.method, headers: request.headers, body: text })
        reply.writeHead(answer.status, Object.fromEntries(answer.headers))
        return reply.end(await answer.text())
      }
      const asset = assetFor(url.pathname)
      if (!asset) throw new Error('nothing there')
      const body = await readFile(join(ASSETS, asset))
      reply.writeHead(200, { 'Content-Type': TYPES[extname(asset)] ?? 'application/octet-stream', 'Cache-Control': 'no-cache' })
      reply.end(body)
    } catch (error) {
      if (fake.break.dead || fake.break.loseAnswers) return request.socket.destroy()
      reply.writeHead(404).end(String(error))
    }
  })
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? 8765)
  await serve(new FakeServer(town({ buildings: Number(process.argv[3] ?? 2) })), port)
  console.log(`the stand-in listens on http://127.0.0.1:${port}/m/`)
}
