/** What a list shows, told once: how a column is named, written, sorted, and whether it stands there unasked. */
export interface Column<Row = Record<string, unknown>> {
  key: string
  /** A key of the locale file. */
  words: string
  /** What stands in the cell unless the page gives a slot `cell-<key>`. */
  value?: (row: Row) => string | number | null | undefined
  /** What the server calls this order; absent: cannot be sorted. */
  sort?: string
  /** Numbers stand at the end so that their digits line up. */
  end?: boolean
  width?: string
  /** Chosen from the list of columns, not there at first. */
  extra?: boolean
  /** Tells who somebody is or where they live: never leaves in a file. */
  personal?: boolean
  /** Cannot be taken away. */
  always?: boolean
}

export function shownColumns<Row>(columns: Column<Row>[], chosen: string[] | null): Column<Row>[] {
  return columns.filter((column) => column.always || (chosen ? chosen.includes(column.key) : !column.extra))
}

export function cellText<Row>(column: Column<Row>, row: Row): string {
  const value = column.value ? column.value(row) : (row as Record<string, unknown>)[column.key]
  if (value === null || value === undefined || value === '') return '—'
  return typeof value === 'number' ? value.toLocaleString('en-US') : String(value)
}

/** `name` → `-name` → none. Numbers are wanted largest first. */
export function nextSort(now: string, column: Pick<Column, 'sort' | 'end'>): string {
  const [first, second] = column.end ? [`-${column.sort}`, `${column.sort}`] : [`${column.sort}`, `-${column.sort}`]
  if (now === first) return second
  return now === second ? '' : first
}

export function sortWord(now: string, column: Pick<Column, 'sort'>): 'ascending' | 'descending' | 'none' {
  if (!column.sort || now.replace(/^-/, '') !== column.sort) return 'none'
  return now.startsWith('-') ? 'descending' : 'ascending'
}

export type Step = { to: number } | { page: 1 | -1 } | { open: true } | { type: string } | { clear: true } | null

/** What a key pressed on row `at` of `count` means. Pure, so that it can be tried out without a browser. */
export function stepFor(key: string, at: number, count: number): Step {
  switch (key) {
    case 'ArrowDown': return at < count - 1 ? { to: at + 1 } : { page: 1 }
    case 'ArrowUp': return at > 0 ? { to: at - 1 } : { page: -1 }
    case 'Home': return { to: 0 }
    case 'End': return { to: count - 1 }
    case 'PageDown': return { page: 1 }
    case 'PageUp': return { page: -1 }
    case 'Enter': return { open: true }
    case 'Escape': return { clear: true }
    default: return [...key].length === 1 && key !== '/' && key !== '?' && key !== ' ' ? { type: key } : null
  }
}
