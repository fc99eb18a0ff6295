import { describe, expect, test } from 'vitest'
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
