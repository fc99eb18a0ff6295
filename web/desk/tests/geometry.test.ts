import { describe, expect, test } from 'vitest'
import { asDocument, editable, fit, middleOf, panned, readPoint, ruler, toMap, toScreen, wrongWith, zoomed, type Box, type Point } from '@/desk/areas/geometry'

const BOX: Box = [[120.64, 27.78], [120.66, 27.79]]
const SIZE = { width: 800, height: 600 }
const SQUARE: Point[] = [[0, 0], [2, 0], [2, 2], [0, 2]]

describe('the flat map', () => {
  const view = fit(BOX, SIZE)
  test('holds all of a box, in its middle', () => {
    const [west, south] = toScreen(view, SIZE, BOX[0])
    const [east, north] = toScreen(view, SIZE, BOX[1])
    expect([west >= 0, east <= 800, north >= 0, south <= 600]).toEqual([true, true, true, true])
    expect((west + east) / 2).toBeCloseTo(400)
  })
  test('goes there and back', () => {
    const [east, north] = toMap(view, SIZE, toScreen(view, SIZE, [120.651, 27.783]))
    expect([east, north]).toEqual([expect.closeTo(120.651, 9), expect.closeTo(27.783, 9)])
  })
  test('zooms about the point one looks at, and never without end', () => {
    const under = toMap(view, SIZE, [700, 100])
    expect(toMap(zoomed(view, SIZE, 2, [700, 100]), SIZE, [700, 100])).toEqual([expect.closeTo(under[0], 5), expect.closeTo(under[1], 9)])
    expect(zoomed(view, SIZE, 1e12).scale).toBe(2e7)
    expect(zoomed(view, SIZE, 1e-12).scale).toBe(50)
  })
  test('goes along with the hand', () => {
    const [x, y] = toScreen(panned(view, 30, -20), SIZE, view.centre)
    expect([x, y]).toEqual([expect.closeTo(430, 3), expect.closeTo(280, 3)])
  })
  test('of a single point is no division by nought', () => expect(Number.isFinite(fit([[120, 27], [120, 27]], SIZE).scale)).toBe(true))
  test('has a ruler of a round length', () => expect(ruler(view).metres.toString()).toMatch(/^[125]0*$/))
})

describe('a ring', () => {
  test('needs three corners and no crossing', () => {
    expect(wrongWith(SQUARE.slice(0, 2))).toBe('too_few')
    expect(wrongWith(SQUARE)).toBe(null)
    expect(wrongWith([SQUARE[0]!, SQUARE[2]!, SQUARE[1]!, SQUARE[3]!])).toBe('crosses')
  })
  test('is closed when it is kept and opened when it is changed', () => {
    const kept = asDocument('a', SQUARE).features[0]!.geometry.coordinates as Point[][]
    expect(kept[0]).toHaveLength(5)
    expect(editable([kept])).toEqual(SQUARE)
  })
  test('with a hole is not taken for one without', () => expect(editable([[SQUARE, SQUARE]])).toBe(null))
  test('has its name in the middle of its largest piece', () => {
    expect(middleOf([[[[9, 9], [9.1, 9], [9, 9.1], [9, 9]]], [[...SQUARE, SQUARE[0]!]]])).toEqual([expect.closeTo(1), expect.closeTo(1)])
  })
})

test('a point is read however it was copied', () => {
  expect(readPoint('120.6412, 27.7803')).toEqual([120.6412, 27.7803])
  expect(readPoint('120.6412 27.7803')).toEqual([120.6412, 27.7803])
  expect(readPoint('somewhere')).toBe(null)
})
