/** A list as a file for Excel: what stands in the chosen columns, without those that tell who somebody is or where they live. */
import type { Page } from '@/api/types'
import { cellText, type Column } from './columns'

/** More than this is not read page by page through a browser; the reader filters first. */
export const MOST_ROWS = 5000
const PAGE = 200

export async function everyRow<Row>(read: (page: number, size: number) => Promise<Page<Row>>, say: (done: number, total: number) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (let page = 1; ; page++) {
    const found = await read(page, PAGE)
    rows.push(...found.rows)
    say(rows.length, found.total)
    if (!found.rows.length || rows.length >= found.total) return rows
  }
}

/** The mark at its head tells Excel that it is UTF-8. A cell that begins like a formula is kept from being one. */
export function asCsv<Row>(columns: Column<Row>[], rows: Row[], heading: (words: string) => string): string {
  const open = columns.filter((column) => !column.personal)
  const lines = [open.map((column) => heading(column.words)), ...rows.map((row) => open.map((column) => bare(cellText(column, row))))]
  return `\uFEFF${lines.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`
}

const bare = (cell: string): string => (cell === '—' ? '' : /^-?[\d,]+$/.test(cell) ? cell.replaceAll(',', '') : /^[=+@\t]/.test(cell) || /^-[^\d]/.test(cell) ? `'${cell}` : cell)
const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

export const saveFile = (name: string, text: string): void => saveBlob(name, new Blob([text], { type: 'text/csv;charset=utf-8' }))

export function saveBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
