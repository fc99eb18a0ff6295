import { describe, expect, test } from 'vitest'
import { asCsv, everyRow } from '@/desk/kit/export'
import { cellText, nextSort, shownColumns, sortWord, stepFor, type Column } from '@/desk/kit/columns'

const NAME: Column = { key: 'name', words: 'x', sort: 'name', always: true }
const DONE: Column = { key: 'done', words: 'x', sort: 'done', end: true }
const CODE: Column = { key: 'code', words: 'x', extra: true }

describe('a list', () => {
  test('shows every column but the extra ones until the reader chooses', () => {
    expect(shownColumns([NAME, DONE, CODE], null)).toEqual([NAME, DONE])
  })
  test('keeps what cannot be taken away, whatever was remembered', () => {
    expect(shownColumns([NAME, DONE, CODE], ['code', 'gone since'])).toEqual([NAME, CODE])
  })
  test('writes a dash where nothing is known, and a nought where nothing is left', () => {
    expect(cellText(CODE, {})).toBe('—')
    expect(cellText(DONE, { done: 0 })).toBe('0')
    expect(cellText(DONE, { done: 135005 })).toBe('135,005')
  })
  test('is ordered by words upward first, by numbers downward first, and a third press leaves it alone', () => {
    expect([nextSort('', NAME), nextSort('name', NAME), nextSort('-name', NAME)]).toEqual(['name', '-name', ''])
    expect([nextSort('', DONE), nextSort('-done', DONE), nextSort('done', DONE)]).toEqual(['-done', 'done', ''])
    expect(nextSort('-done', NAME)).toBe('name')
  })
  test('tells its order to those who do not see the arrow', () => {
    expect([sortWord('-done', DONE), sortWord('done', DONE), sortWord('name', DONE)]).toEqual(['descending', 'ascending', 'none'])
  })
})

describe('keys in a list', () => {
  test('walk from row to row', () => {
    expect(stepFor('ArrowDown', 3, 50)).toEqual({ to: 4 })
    expect(stepFor('ArrowUp', 3, 50)).toEqual({ to: 2 })
    expect(stepFor('End', 3, 50)).toEqual({ to: 49 })
  })
  test('go on to the next page from the last row, and back from the first', () => {
    expect(stepFor('ArrowDown', 49, 50)).toEqual({ page: 1 })
    expect(stepFor('ArrowUp', 0, 50)).toEqual({ page: -1 })
  })
  test('open with Enter, clear with Escape, and filter by typing', () => {
    expect(stepFor('Enter', 0, 1)).toEqual({ open: true })
    expect(stepFor('Escape', 0, 1)).toEqual({ clear: true })
    expect(stepFor('w', 0, 1)).toEqual({ type: 'w' })
  })
  test('leave /, ? and the keys of the browser to whom they belong', () => {
    expect(['/', '?', 'Tab', 'F5', ' '].map((key) => stepFor(key, 0, 1))).toEqual([null, null, null, null, null])
  })
})

describe('a list as a file', () => {
  const columns: Column[] = [{ key: 'name', words: 'name', personal: true }, { key: 'grid', words: 'grid' }, { key: 'done', words: 'done', end: true }, { key: 'note', words: 'note' }]
  test('leaves out who somebody is and where they live', () => {
    expect(asCsv(columns, [{ name: '张**', grid: '明镜-07', done: 12345, note: null }], (words) => words)).toBe('\uFEFFgrid,done,note\r\n明镜-07,12345,\r\n')
  })
  test('lets no cell become a formula, and keeps commas and quotes', () => {
    expect(asCsv(columns, [{ grid: '=1+1', done: -3, note: 'a "b", c' }], (words) => words)).toContain(`'=1+1,-3,"a ""b"", c"`)
  })
  test('is read page by page to its end', async () => {
    const rows = await everyRow((page, size) => Promise.resolve({ rows: Array.from({ length: page < 3 ? size : 17 }, (_, i) => i), total: 417, page, page_size: size, as_of: '' }), () => undefined)
    expect(rows).toHaveLength(417)
  })
})
