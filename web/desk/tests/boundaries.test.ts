import { describe, expect, test } from 'vitest'
import zh from '@/desk/locale/zh-Hans.json'
import type { DoorGroup } from '@/api/desk'
import { askedParts, historyLines, named, newPart } from '@/desk/areas/boundaries'
import { toChange } from '@/desk/areas/estates'

const say = (key: string) => (zh as Record<string, string>)[key] ?? key
const group = (name: string, more: Partial<DoorGroup> = {}): DoorGroup => ({ name, area: null, line: name, depth: 0, dwellings: 1, households: 1, people: 1, ...more })
const GROUPS = [group('1幢'), group('2幢'), group('2幢1单元', { depth: 1 }), group('2幢2单元', { depth: 1 }), group('3幢', { area: 'a3', line: '' })]

describe('what goes where', () => {
  test('a building takes its entrances along', () => {
    expect(named(GROUPS, { '2幢': 1 }).filter(([, part]) => part).map(([one]) => one.name)).toEqual(['2幢'])
  })
  test('a building whose entrances part ways is named by them alone', () => {
    expect(named(GROUPS, { '2幢': 1, '2幢2单元': 2 }).filter(([, part]) => part).map(([one, part]) => [one.name, part])).toEqual([['2幢1单元', 1], ['2幢2单元', 2]])
    expect(named(GROUPS, { '2幢': 1, '2幢2单元': 0 }).filter(([, part]) => part).map(([one]) => one.name)).toEqual(['2幢1单元'])
  })
  test('areas go as areas, doors by their line, and lists beside them however they are parted', () => {
    const parts = [{ ...newPart(), name: ' 第4网格 ', lines: '5-6幢、前街\n\n后街 ' }, { ...newPart(), isNew: false, grid: 'g9', rest: true }]
    expect(askedParts(parts, GROUPS, { '1幢': 1, a3: 1 })).toEqual([
      { grid: null, name: '第4网格', code: null, areas: ['a3'], doors: ['1幢', '5-6幢', '前街', '后街'], rest: false },
      { grid: 'g9', name: '', code: null, areas: [], doors: [], rest: true },
    ])
  })
})

describe('the past of an area', () => {
  const look = (name: string, valid_from: string, valid_to: string | null, path = '莘塍街道 › 明镜社区') => ({ name, code: 'G2', path_name: `${path} › ${name}`, valid_from, valid_to })
  const step = (name: string, since: string) => ({ id: name, kind: 'grid' as const, name, since })

  test('is a line of dates', () => {
    const lines = historyLines({
      looks: [look('第2网格', '2021-12-01', '2021-12-11'), look('二号网格', '2021-12-11', '2021-12-20'), look('二号网格', '2021-12-20', '2022-01-03', '莘塍街道 › 新社区')],
      before: [step('第1网格', '2021-12-01'), step('第9网格', '2021-12-15')], after: [step('第5网格', '2021-12-18'), step('第7网格', '2022-01-03')], ended_on: '2022-01-03',
    }, say)
    expect(lines.map((line) => [line.day, line.words])).toEqual([
      ['2021-12-01', 'past.split_from'], ['2021-12-11', 'past.renamed'], ['2021-12-15', 'past.took_over'], ['2021-12-18', 'past.gave'],
      ['2021-12-20', 'past.moved'], ['2022-01-03', 'past.went_into'],
    ])
    expect(lines[4]!.values).toEqual({ from: '莘塍街道 › 明镜社区', to: '莘塍街道 › 新社区' })
  })
  test('of one that only began is one line', () => {
    expect(historyLines({ looks: [look('第2网格', '2021-12-01', null)], before: [], after: [], ended_on: null }, say).map((line) => line.words)).toEqual(['past.began'])
  })
})

test('only what differs is changed, so that two who type at once lose nothing', () => {
  const now = { name: '静海新村', code: null, estate_kind: null, gates: 2, no_property_company: false }
  const typed = { name: '静海新村', code: '', estate_kind: 'old', gates: '2', no_property_company: false }
  expect(toChange(now, typed)).toEqual({ estate_kind: 'old' })
  expect(toChange(now, { ...typed, gates: '' })).toEqual({ estate_kind: 'old', gates: null })
})
