import { describe, expect, test } from 'vitest'
import { changedQuery, showing, shownIn } from '@/desk/address'
import { queryString } from '@/desk/server'

describe('the address', () => {
  test('names the open drawer, and reads it back', () => {
    expect(showing('remainder', 'c1', 'g7')).toBe('remainder:c1:g7')
    expect(shownIn({ show: 'remainder:c1:g7' })).toEqual({ kind: 'remainder', id: 'c1', with: 'g7' })
    expect(showing('new-campaign')).toBe('new-campaign')
    expect(shownIn({ show: 'new-campaign' })).toEqual({ kind: 'new-campaign', id: '', with: undefined })
    expect(shownIn({})).toBeNull()
  })
  test('forgets what is empty and keeps the rest', () => {
    expect(changedQuery({ area: 'a', q: '王', page: '3' }, { q: null, page: '', show: 'resident:1' })).toEqual({ area: 'a', show: 'resident:1' })
  })
  test('asks the server for nothing that was not filled in', () => {
    expect(queryString({ q: '', area: undefined, page: 2, vacant: false })).toBe('?page=2&vacant=false')
    expect(queryString({})).toBe('')
    expect(queryString({ q: '张 三&' })).toBe(`?q=${encodeURIComponent('张')}+${encodeURIComponent('三&')}`)
  })
})
