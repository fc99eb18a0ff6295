import { describe, expect, test } from 'vitest'
import { addKeys, knownKeys, onKey, pressed } from '@/desk/keys'
import { PAGES, SYSTEM } from '@/desk/pages'

const event = (more: Partial<KeyboardEvent>): KeyboardEvent => {
  const made = { key: '', code: '', altKey: false, ctrlKey: false, metaKey: false, isComposing: false, defaultPrevented: false, target: null, preventDefault: () => undefined, ...more }
  return made as unknown as KeyboardEvent
}
const inAField = { closest: () => ({}) } as unknown as EventTarget

describe('a key', () => {
  test('is known by where it lies: Alt makes ø of an o on some keyboards', () => {
    expect(pressed({ key: 'ø', code: 'KeyO', altKey: true })).toBe('alt+o')
    expect(pressed({ key: '/', code: 'Slash', altKey: false })).toBe('/')
  })
  test('does the latest thing it was given, and the earlier one again afterwards', () => {
    const done: string[] = []
    const forget = addKeys([{ key: 'p', alt: true, words: 'page', group: 'page', act: () => done.push('page') }])
    const forgetDrawer = addKeys([{ key: 'p', alt: true, words: 'drawer', group: 'page', act: () => done.push('drawer') }])
    onKey(event({ key: 'p', code: 'KeyP', altKey: true }))
    forgetDrawer()
    onKey(event({ key: 'p', code: 'KeyP', altKey: true }))
    forget()
    expect(onKey(event({ key: 'p', code: 'KeyP', altKey: true }))).toBe(false)
    expect(done).toEqual(['drawer', 'page'])
  })
  test('belongs to the field while somebody types, and to the input method while it composes', () => {
    const done: string[] = []
    const forget = addKeys([{ key: '/', words: 'search', group: 'everywhere', act: () => done.push('/') }])
    onKey(event({ key: '/', target: inAField }))
    onKey(event({ key: '/', isComposing: true }))
    expect(done).toEqual([])
    onKey(event({ key: '/' }))
    expect(done).toEqual(['/'])
    expect(knownKeys().map((key) => key.words)).toEqual(['search'])
    forget()
  })
})

test('no two pages share a letter, and none takes one that browsers keep', () => {
  const letters = [...PAGES, SYSTEM].flatMap((page) => (page.letter ? [page.letter] : []))
  expect(new Set(letters).size).toBe(letters.length)
  expect(letters.filter((letter) => 'DEF'.includes(letter))).toEqual([])
})
