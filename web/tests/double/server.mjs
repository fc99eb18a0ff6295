/**
 * A test double of the server for looking at the desk without one: `node tests/double/server.mjs 8790`, then http://127.0.0.1:8790/.
 * Everything in it is made up from row numbers; who signs in decides what is shown: `empty` an empty house, `fresh` a password to be
 * changed, `worker` may see names of the remainder, any other account a full house. The password is `right`.
 */
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const assets = join(import.meta.dirname, '../../../src/lianfang/screens/assets')
const PEOPLE = 135_005
const DOORS = 52_860
const SECTORS = ['莘塍片', '明镜片', '董田片', '海滨片', '中塘片', '垟心片']
const PLACES = ['莘湖社区', '营塍社区', '民莘社区', '上村村', '下埠村', '莘桥村', '明镜社区', '万松社区', '仙甲村', '仙甲季村', '周家桥村', '董田社区', '董一村', '董三村', '董五村', '董七村', '董八村', '海滨社区', '新潮社区', '东塘村', '塘头村', '涂园村', '沙园村', '中塘河社区', '中塘村', '河口村', '南码道村', '北垟村', '林家垟村', '星火社区', '垟心村', '前池村', '后池村', '薛宅村', '金桥村']
const SURNAMES = '王李张刘陈杨黄吴赵周徐孙马朱胡林郭何高罗'
const id = (kind, n) => `00000000-0000-7000-8${kind.toString(16).padStart(3, '0')}-${n.toString(16).padStart(12, '0')}`
const iso = (ms = Date.now()) => new Date(ms).toISOString()
const pick = (list, n) => list[((n * 2654435761) >>> 7) % list.length]

const root = { id: id(1, 0), kind: 'subdistrict', name: '莘塍街道', code: '999999001', parent: null }
const sectors = SECTORS.map((name, i) => ({ id: id(2, i), kind: 'sector', name, parent: root.id }))
const communities = PLACES.map((name, i) => ({ id: id(3, i), kind: name.endsWith('社区') ? 'community' : 'village', name, parent: sectors[Math.floor((i * 6) / 35)].id }))
const grids = Array.from({ length: 69 }, (_, i) => {
  const c = communities[i % 35]
  return { id: id(4, i), kind: 'grid', name: `${c.name.replace(/社区|村$/, '')}-${String(Math.floor(i / 35) + 1).padStart(2, '0')}`, parent: c.id, responsible: i % 23 === 5 ? null : `${pick(SURNAMES, i)}${pick(['芳', '建国', '秀英', '海燕', '志强'], i)}` }
})
const buildings = grids.flatMap((g, i) => Array.from({ length: 3 }, (_, b) => ({ id: id(5, i * 3 + b), kind: 'building', name: `${b + 1}幢`, parent: g.id })))
const areas = new Map([root, ...sectors, ...communities, ...grids, ...buildings].map((a) => [a.id, a]))
const childrenOf = (parent) => [...areas.values()].filter((a) => a.parent === parent)
const lineage = (a) => (a ? [...lineage(areas.get(a.parent)), a] : [])
const gridsUnder = (a) => grids.filter((g) => lineage(g).includes(a))
const row = (a) => ({ ...a, path_name: lineage(a).map((x) => x.name).join(' › '), vacancies: gridsUnder(a).filter((g) => !g.responsible).length, responsible: a.responsible ? { account: { id: id(6, 1), name: a.responsible }, since: '2021-12-01T00:00:00Z' } : null })

let visited = 0.82
setInterval(() => (visited = Math.min(0.995, visited + 0.0003)), 1000)
function totals(a) {
  const sum = { listed: 0, found: 0, struck: 0, done: 0, attempted: 0, untouched: 0, remaining: 0, people: 0, people_due: 0, disputed: 0, due: 0 }
  for (const g of gridsUnder(a)) {
    const i = grids.indexOf(g)
    const listed = Math.floor(DOORS / 69) + (i % 9) * 11 - 40
    const found = i % 4
    const struck = i % 5
    const due = listed + found - struck
    const done = Math.min(due, Math.floor(due * Math.min(1, visited + ((i * 37) % 100) / 700)))
    const attempted = Math.min(due - done, Math.floor((due - done) * 0.4))
    const add = { listed, found, struck, due, done, attempted, untouched: due - done - attempted, remaining: due - done, people: Math.floor(done * 2.55), people_due: Math.floor(due * 2.55) }
    for (const key of Object.keys(add)) sum[key] += add[key]
  }
  return sum
}
const campaign = { id: id(7, 1), name: '12月10日入户排查', occasion: '2021-12-10', starts_on: '2021-12-10', ends_on: '2021-12-12', drill: true }
const incident = { id: id(8, 1), name: '莘塍街道入户排查演练', area: { id: root.id, name: root.name }, basis: { code: 'erl', title: { zh: '中华人民共和国突发事件应对法', en: 'Emergency Response Law' }, document: '主席令第69号' }, issuer: '街道防控指挥部', pack: { code: 'respiratory', version: 1, title: { zh: '呼吸道传染病', en: 'Respiratory disease' }, retention_days: 30 }, starts_at: iso(Date.now() - 86400e3), ends_at: iso(Date.now() + 6 * 86400e3), closed_at: null, state: 'open', days_left: 6, drill: true, renewal: null }
const form = { id: id(9, 1), code: 'sweep', version: 1, title: { zh: '入户排查表', en: 'Door to door' }, area: { id: root.id, name: root.name }, incident: { id: incident.id, name: incident.name }, questions: 3, published_at: iso(Date.now() - 86400e3) }
const questions = [
  { code: 'fever', per: 'household', type: 'yes_no', label: { zh: '有人发热吗?', en: 'Does anybody have a fever?' } },
  { code: 'outside', per: 'person', type: 'yes_no', label: { zh: '14 天内去过外地吗?', en: 'Away within 14 days?' } },
  { code: 'need', per: 'household', type: 'choice', label: { zh: '需要帮忙吗?', en: 'Any help needed?' }, choices: [{ value: 'no', label: { zh: '不用', en: 'no' } }, { value: 'shopping', label: { zh: '代购', en: 'shopping' } }] },
]
const KINDS = ['registered', 'usual', 'migrant', 'returnee', 'visitor']
function resident(i) {
  const g = grids[i % 69]
  const n = String(1000 + ((i * 7919) % 9000))
  return { id: id(10, i), household: id(11, Math.floor(i / 3)), name: `${SURNAMES[i % 20]}**`, sex: i % 2 ? 'male' : 'female', born_year: 1936 + ((i * 13) % 84), relation: ['head', 'spouse', 'child'][i % 3], residence_kind: pick(KINDS, i), phone_masked: i % 7 ? `138****${n}` : null, id_masked: i % 11 ? `****${n}` : null, door: door(Math.floor(i / 3)), area: { id: g.id, name: g.name }, status: i % 97 ? 'present' : 'struck', versions: {} }
}
const door = (h) => `${(h % 23) + 1}幢${(h % 3) + 1}单元${(h % 11) + 1}0${(h % 4) + 1}`
const household = (h) => ({ id: id(11, h), door: door(h), grid: { id: grids[h % 69].id, name: grids[h % 69].name }, people: 3, head: `${SURNAMES[h % 20]}**`, status: 'present' })
const accounts = Array.from({ length: 74 }, (_, i) => {
  const g = i < 69 ? grids[i] : root
  const role = i < 69 ? 'grid_worker' : ['community_officer', 'subdistrict_officer', 'command', 'system_admin', 'audit_admin'][i - 69]
  return { id: id(6, i), name: i < 69 ? `grid-${String(i + 1).padStart(2, '0')}` : role.replace('_', '-'), display_name: g.responsible ?? `${pick(SURNAMES, i)}${pick(['芳', '建国', '秀英', '海燕', '志强'], i)}`, area: { id: g.id, name: g.name }, created_at: iso(Date.now() - 9e8), closed_at: null, must_change_password: i % 31 === 9, roles: [{ id: id(12, i), account: { id: id(6, i), name: '' }, role, area: { id: g.id, name: g.name }, purposes: ['incident_response'], starts_at: iso(Date.now() - 9e8), until: i % 5 ? null : iso(Date.now() + 9e8), state: i === 72 ? 'proposed' : 'granted', proposed_by: id(6, 1), in_force: i !== 72 }], devices: 1 }
})
const devices = Array.from({ length: 69 }, (_, i) => ({ id: id(13, i), name: `${accounts[i].display_name}的手机`, account: { id: accounts[i].id, name: accounts[i].display_name }, enrolled_at: iso(Date.now() - 3e8), revoked_at: i === 17 ? iso(Date.now() - 36e5) : null, last_contact_at: iso(Date.now() - ((i * 7919) % 9000) * 1000), clock_offset_s: i === 23 ? -5400 : i % 5, stored: 400 + i * 7, held: i === 17 ? 14 : 0, highest_n: 500 + i }))
let held = [['device_revoked', 17], ['parent_missing', 4], ['out_of_scope', 31]].map(([why, i], n) => ({ id: id(14, n), kind: 'screening.household_visited.v1', why: `ledger.${why}`, message: { device_revoked: '先收着:这台手机已被停用,记录由值班人员确认后计入。', parent_missing: '先收着:它所属的那条走访记录还没到,到了会自动计入。', out_of_scope: '先收着:这条记录不在您负责的网格里,由值班人员确认后计入。' }[why], received_at: iso(Date.now() - 36e5 * (n + 1)), area: { id: grids[i].id, name: grids[i].name }, account: { id: accounts[i].id, name: accounts[i].display_name }, device: { id: devices[i].id, name: devices[i].name } }))
const RECORDS = ['screening.household_visited.v1', 'registry.household_changed.v1', 'access.people_disclosed.v1', 'access.device_enrolled.v1', 'campaigns.campaign_opened.v1']
const entry = (p) => ({ position: p, id: id(15, p), kind: pick(RECORDS, p), at: iso(Date.now() - (184000 - p) * 900), received_at: iso(Date.now() - (184000 - p) * 900 + 4000), area: { id: grids[p % 69].id, name: grids[p % 69].name }, actor: { id: accounts[p % 69].id, name: accounts[p % 69].display_name }, device: { id: devices[p % 69].id, name: devices[p % 69].name }, facts: { campaign: campaign.id, outcome: 'done', people: 3 }, flags: p % 50 ? [] : ['clock_odd'] })
const roster = { id: id(16, 1), file_name: '莘塍街道花名册.xlsx', area: { id: root.id, name: root.name }, state: 'ready', job: null, rows: 135005, good: 134968, bad: 37, warnings: 12, households: 52860, preview: { added: 1204, changed: 88, same: 133676, missing: 41 }, problem: null, started_at: iso(Date.now() - 6e5), by: '林志强', findings: [{ row: 37, column: 'id_number', severity: 'error', code: 'registry.id_check_digit', message: '末位对不上,请核对原件。' }, { row: 112, column: 'id_number', severity: 'error', code: 'registry.id_as_number', message: '这一格是数字,Excel 已经丢掉了后几位。请把这一列设成“文本”再重新填写。' }, { row: 560, column: 'born_on', severity: 'warning', code: 'registry.born_differs', message: '出生日期和证件号码里的不一样。' }] }
const campaignRow = (a = root) => ({ ...campaign, area: { id: root.id, name: root.name }, incident: { id: incident.id, name: incident.name }, form: { id: form.id, title: form.title, version: 1 }, state: 'open', totals: totals(a) })
const overview = (a, empty) => ({
  as_of: iso(), position: 184221, campaign: empty ? null : campaign, area: { id: a.id, name: a.name, kind: a.kind, path: lineage(a).map((x) => x.name) }, totals: totals(a),
  reasons: null, rows: a.kind === 'grid' ? [] : childrenOf(a.id).map((c) => ({ area: { id: c.id, name: c.name, kind: c.kind }, ...totals(c), responsible: c.kind === 'grid' ? c.responsible : `${gridsUnder(c).filter((g) => g.responsible).length}/${gridsUnder(c).length}`, last_sync_at: iso(Date.now() - (areas.size % 9) * 60000) })),
  hours: empty ? [] : Array.from({ length: 9 }, (_, h) => ({ hour: h + 7, households: [420, 3100, 6900, 7400, 5200, 2100, 6100, 7200, 3300][h], people: [1100, 8000, 17500, 18900, 13300, 5400, 15500, 18300, 8400][h] })),
  health: { held: held.length, backup_age_s: empty ? null : 3 * 3600, disk_free_pct: 61, clock_odd_devices: 1, vacancies: 3 }, alarms: [],
})

const page = (rows, total, url) => ({ rows, total, page: Number(url.searchParams.get('page') ?? 1), page_size: Number(url.searchParams.get('page_size') ?? 50), as_of: iso() })
function paged(all, url, text = () => true) {
  const q = url.searchParams.get('q') ?? ''
  const found = q ? all.filter((one) => text(one).includes(q)) : all
  const size = Number(url.searchParams.get('page_size') ?? 50)
  const from = (Number(url.searchParams.get('page') ?? 1) - 1) * size
  return page(found.slice(from, from + size), found.length, url)
}
function numbered(total, make, url) {
  const size = Number(url.searchParams.get('page_size') ?? 50)
  const from = (Number(url.searchParams.get('page') ?? 1) - 1) * size
  return page(Array.from({ length: Math.max(0, Math.min(size, total - from)) }, (_, i) => make(from + i)), total, url)
}
const byId = (list, one) => list.find((x) => x.id === one)
const numberOf = (uuid) => parseInt(uuid.slice(-12), 16)
class Refused extends Error {
  constructor(status, code, message, details = {}) { super(message); Object.assign(this, { status, code, details }) }
}
const qr = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29">${Array.from({ length: 29 * 29 }, (_, i) => ((i * 2654435761) >>> 5) % 2 ? `<rect x="${i % 29}" y="${Math.floor(i / 29)}" width="1" height="1"/>` : '').join('')}</svg>`
let imported = 0

function answer(method, url, body, who) {
  const path = url.pathname.replace('/api/v1', '')
  const [, first, second, third] = path.split('/')
  const key = `${method} /${first}`
  const empty = who === 'empty'
  const at = areas.get(url.searchParams.get('area')) ?? root
  switch (key) {
    case 'GET /session': return { signed_in: Boolean(who), csrf: 'x' }
    case 'POST /session': if (body.password !== 'right') throw new Refused(401, 'access.wrong_password', '账号或密码不对。再错 3 次会锁 15 分钟。'); return answer('GET', new URL('http://localhost/api/v1/me'), {}, body.account)
    case 'GET /me': return { account: { id: id(6, 70), name: '林志强' }, grants: [{ role: 'subdistrict_officer', area: { id: root.id, name: root.name }, permissions: ['territory.assign', 'territory.load', 'posture.open_incident', 'posture.renew_incident', 'posture.close_incident', 'campaigns.close', 'campaigns.open', 'access.see_devices', 'access.enrol', 'access.manage_accounts', 'access.grant_roles', 'registry.edit'], purposes: [], until: null }], must_change_password: who === 'fresh', csrf: 'x', demo: !empty, reveals_left: 50 }
    case 'POST /me': if (body.old_password !== 'right') throw new Refused(422, 'access.wrong_password', '现在的密码不对。'); return null
    case 'DELETE /session': return null
    case 'GET /overview': return overview(at, empty)
    case 'GET /areas': {
      if (second) { const a = areas.get(second); return { area: row(a), lineage: lineage(a), children: childrenOf(a.id).map(row), responsible: row(a).responsible, history: [], vacant: a.kind === 'grid' && !a.responsible } }
      const wanted = [...areas.values()].filter((a) => (!url.searchParams.get('vacant') || (a.kind === 'grid' && !a.responsible)) && a.kind !== 'building')
      return paged(wanted.map(row), url, (a) => a.name)
    }
    case 'PUT /areas': { const a = areas.get(second); a.responsible = byId(accounts, body.account).display_name; return row(a) }
    case 'POST /areas': throw new Refused(422, 'territory.tree_has_errors', '区域表有 2 处需要改正,这次什么都没有导入。', { errors: [{ row: 12, column: '上级编码', message: '找不到上级「MJ-09」。' }, { row: 40, column: '类别', message: '不认识的类别「楼」。可填:楼栋、单元。' }] })
    case 'GET /residents': {
      if (empty) return page([], 0, url)
      if (third === 'history') return { changes: [{ at: iso(Date.now() - 8e7), field: 'phone', change: 'field', by: '王芳', reason: null }], looks: [{ at: iso(Date.now() - 3e6), by: '林志强', purpose: 'incident_response', what: 'phone', reason: '打电话联系' }] }
      return second ? resident(numberOf(second)) : url.searchParams.get('q') ? numbered(url.searchParams.get('q').length > 3 ? 0 : 2731, (i) => resident(i * 20), url) : numbered(PEOPLE, resident, url)
    }
    case 'POST /residents': return { value: { name: '王建国', phone: '13800001234', id_number: '999999193601011234' }[body.field] }
    case 'PATCH /residents': throw new Refused(409, 'registry.conflict', '刚才王芳已经把这一项改成别的了。两个都留着,请核对后再定。')
    case 'GET /households': return empty ? page([], 0, url) : second ? { ...household(numberOf(second)), path: ['莘塍街道', '明镜片', '明镜社区', '明镜-01'], residents: [0, 1, 2].map((i) => resident(numberOf(second) * 3 + i)) } : numbered(DOORS, household, url)
    case 'GET /imports': return empty ? page([], 0, url) : second ? { ...roster, id: second, ...(second === id(16, 2) ? { state: imported++ < 4 ? 'reading' : 'ready', job: id(17, 1) } : {}) } : paged([roster], url)
    case 'POST /imports': if (second) { roster.state = third === 'publish' ? 'published' : 'undone'; return null } imported = 0; return { id: id(16, 2), job: id(17, 1) }
    case 'GET /jobs': return { id: second, state: imported < 4 ? 'running' : 'done', done: Math.min(PEOPLE, imported * 40000), total: PEOPLE, words: { zh: '正在检查每一行', en: 'Checking rows' }, problem: null }
    case 'GET /campaigns': return third === 'remainder' ? remainder(areas.get(url.searchParams.get('grid')) ?? grids[0], who) : second ? campaignRow() : paged(empty ? [] : [campaignRow()], url)
    case 'POST /campaigns': return campaignRow()
    case 'GET /incidents': return second === 'catalogue' ? { legal_bases: [incident.basis], packs: [incident.pack], longest_days: 30 } : second ? incident : paged(empty ? [] : [incident], url)
    case 'POST /incidents': if (third === 'close') throw new Refused(403, 'access.not_permitted', '您没有这项权限。'); incident.renewal = { id: id(18, 1), ends_at: body.ends_at ?? incident.ends_at, reason: body.reason ?? '', proposed_at: iso(), proposed_by_me: true }; return incident
    case 'GET /forms': return second ? { ...form, form: { id: form.id, version: 1, title: form.title, questions } } : paged(empty ? [] : [form], url)
    case 'POST /forms': throw new Refused(422, 'forms.needs_incident', '第 3 行「有人发热吗」问的是健康、行程或接触:这里现在没有启动应急,不能问。先按规定启动应急,或者去掉这道题。', { refusals: [{ row: 3, question: 'fever', label: '有人发热吗', code: 'forms.needs_incident', message: '问的是健康,这里没有启动应急,不能问。' }, { row: 5, question: 'name', label: '姓名', code: 'forms.known_already', message: '底册里已有,不用再问。' }] })
    case 'GET /accounts': return second ? byId(accounts, second) : paged(accounts, url, (a) => a.display_name + a.name)
    case 'POST /accounts': return third === 'enrolment' ? { code: 'K7QF-2M9D', expires_at: iso(Date.now() + 6e5), qr_svg: qr } : { id: accounts[0].id, password: 'tuanjie-8462-hehua' }
    case 'DELETE /roles': return null
    case 'GET /devices': return second ? byId(devices, second) : paged(empty ? [] : devices.filter((d) => (!url.searchParams.get('account') || d.account.id === url.searchParams.get('account')) && (!url.searchParams.get('clock_odd') || Math.abs(d.clock_offset_s) > 600)), url, (d) => d.name)
    case 'POST /devices': byId(devices, second).revoked_at = iso(); return null
    case 'GET /held': return second ? byId(held, second) : paged(empty ? [] : held, url)
    case 'POST /held': held = held.filter((one) => one.id !== second); return null
    case 'GET /audit': return second ? entry(numberOf(second)) : numbered(184221, (i) => entry(184221 - i), url)
    case 'GET /disclosures': return numbered(412, (i) => ({ id: id(19, i), at: iso(Date.now() - i * 4e5), account: { id: accounts[i % 74].id, name: accounts[i % 74].display_name }, how: i % 6 ? 'downloaded' : 'revealed', what: i % 6 ? 'registry.households' : 'phone', purpose: 'incident_response', area: { id: grids[i % 69].id, name: grids[i % 69].name }, count: i % 6 ? 1900 + i : 1, reason: i % 6 ? null : '打电话联系' }), url)
    default: throw new Refused(404, 'wire.no_such_page', '没有这个页面。')
  }
}
function remainder(g, who) {
  const t = totals(g)
  const counts = { untouched: t.untouched, appointment: Math.floor(t.attempted * 0.2), nobody_home: t.attempted - Math.floor(t.attempted * 0.2) - Math.floor(t.attempted * 0.1), refused: Math.floor(t.attempted * 0.1), elsewhere: 0 }
  const rows = who === 'worker' ? Array.from({ length: Math.min(50, t.remaining) }, (_, i) => ({ household: id(11, i * 69), state: i % 3 ? 'untouched' : 'attempted', outcome: i % 3 ? null : i % 2 ? 'nobody_home' : 'refused', at: i % 3 ? null : iso(Date.now() - i * 3e5), attempts: i % 3 ? 0 : 1 + (i % 2), appointment: i % 9 ? null : '2021-12-10T19:30', door: door(i * 69), head: `${SURNAMES[i % 20]}**`, people: 1 + (i % 5) })) : null
  return { campaign: campaign.id, area: { id: g.id, name: g.name }, totals: t, counts, rows, total: t.remaining }
}

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.png': 'image/png', '.svg': 'image/svg+xml', '.json': 'application/json' }
const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost')
  const cookies = Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=')))
  const reply = (status, body, headers = {}) => { response.writeHead(status, { 'Content-Type': 'application/json', ...headers }); response.end(body === null ? '' : JSON.stringify(body)) }
  if (!url.pathname.startsWith('/api/')) {
    const file = url.pathname.startsWith('/static/') ? url.pathname.slice(8) : 'desk/index.html'
    try { const data = readFileSync(join(assets, file)); response.writeHead(200, { 'Content-Type': `${TYPES[extname(file)] ?? 'application/octet-stream'}; charset=utf-8` }); return response.end(data) } catch { response.writeHead(404); return response.end() }
  }
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const body = text.startsWith('{') ? JSON.parse(text) : {}
  const session = url.pathname === '/api/v1/session'
  if (url.pathname === '/api/v1/stream') return reply(404, { code: 'wire.no_such_page', message: '没有这个页面。' })
  if (!session && !cookies.who) return reply(401, { code: 'access.not_signed_in', message: '请先登录。' })
  try {
    const found = answer(request.method, url, body, cookies.who)
    reply(found === null ? 204 : 200, found, session && request.method !== 'GET' ? { 'Set-Cookie': `who=${request.method === 'DELETE' ? '; Max-Age=0' : encodeURIComponent(body.account)}; Path=/` } : {})
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error)
    reply(error.status ?? 500, { code: error.code ?? 'wire.broken', message: error.message, details: error.details ?? {} })
  }
})
server.listen(Number(process.argv[2] ?? 8790), '127.0.0.1')
