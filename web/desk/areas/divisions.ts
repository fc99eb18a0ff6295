/** Public lists of divisions, read in the browser as they were downloaded: only the part that is wanted goes to the server. Pure. */
export interface Listed { code: string; name: string; parent: string }

const PARENTS = ['streetCode', 'areaCode', 'cityCode', 'provinceCode']

/** One file, csv or json; nothing when it is no such list. */
export function readList(text: string): Listed[] {
  const rows = /^\uFEFF?\s*\[/.test(text) ? fromJson(text) : fromCsv(text)
  return rows.filter((row) => /^\d{2,12}$/.test(row.code) && row.name)
}

function fromCsv(text: string): Listed[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const heads = cells(lines[0] ?? '')
  const [code, name] = [heads.indexOf('code'), heads.indexOf('name')]
  if (code < 0 || name < 0) return []
  const above = PARENTS.map((head) => heads.indexOf(head)).find((index) => index >= 0) ?? -1
  return lines.slice(1).filter(Boolean).map(cells).map((row) => ({ code: row[code] ?? '', name: row[name] ?? '', parent: row[above] ?? '' }))
}
const cells = (line: string): string[] => line.split(',').map((cell) => cell.trim().replace(/^"|"$/g, ''))

interface Nested { code?: unknown; name?: unknown; children?: Nested[]; [key: string]: unknown }
function fromJson(text: string): Listed[] {
  try {
    return flat(JSON.parse(text.replace(/^\uFEFF/, '')) as Nested[], '')
  } catch {
    return []
  }
}
function flat(nodes: Nested[], parent: string): Listed[] {
  return nodes.flatMap((node) => {
    const said = PARENTS.map((key) => node[key]).find(Boolean)
    return [{ code: String(node.code ?? ''), name: String(node.name ?? ''), parent: parent || String(said ?? '') }, ...flat(node.children ?? [], String(node.code ?? ''))]
  })
}

/** What lies directly below a unit ('' the provinces), in the order of codes. */
export const directlyBelow = (list: Listed[], code: string): Listed[] => list.filter((one) => one.parent === code).sort((a, b) => (a.code < b.code ? -1 : 1))

/** All that lies below a unit, at any depth. */
export function below(list: Listed[], code: string): Listed[] {
  const inside = new Set([code])
  return [...list].sort((a, b) => a.code.length - b.code.length || (a.code < b.code ? -1 : 1)).filter((one) => inside.has(one.parent) && inside.add(one.code))
}

/** A code for a place that the list lacks: longer than any subdistrict's, and never one that was issued. */
export function ownCode(under: string, taken: Iterable<string>): string {
  const known = new Set(taken)
  for (let n = 1; ; n++) {
    const code = `${under}+${String(n).padStart(Math.max(2, 11 - under.length), '0')}`
    if (!known.has(code)) return code
  }
}
