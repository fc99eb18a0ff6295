import { describe, expect, it } from 'vitest'
import type { FeedArea, FeedCampaign, FeedPlace } from '@/api/types'
import { buildingsAsDoors, isOfHomes, placesAsDoors, premisesFact } from './premises'
import { newSheet } from './visit'

const place = (id: string, name: string, door = ''): FeedPlace => ({ id, grid: 'g1', area: 'g1', kind: 'shop', name, door })
const area = (id: string, parent: string, kind: FeedArea['kind'], name: string): FeedArea => ({ id, parent, kind, name })
const campaign = {
  id: 'c1', name: '九小场所检查', occasion: '12月10日', drill: false, incident: null, starts_on: '2021-12-10', ends_on: '2021-12-10', listed: 2, of: 'places',
  form: { id: 'f1', version: 1, title: '检查', questions: [{ code: 'exit_blocked', per: 'household', type: 'yes_no', label: { zh: '堵了吗?', en: 'Blocked?' } }] },
} as FeedCampaign

describe('places and buildings as doors', () => {
  it('come by door as people number them, with their name before it', () => {
    const doors = placesAsDoors([place('b', '老王面馆', '前街10号'), place('a', '利民超市', '前街2号'), place('c', '流动摊位')])
    expect(doors.map((one) => [one.id, one.door, one.walk])).toEqual([['c', '流动摊位', 0], ['a', '利民超市 · 前街2号', 1], ['b', '老王面馆 · 前街10号', 2]])
  })

  it('are the buildings of the grids one works in, 2 before 10; entrances are none', () => {
    const areas = [area('b10', 'g1', 'building', '10幢'), area('b2', 'e1', 'building', '2幢'), area('e1', 'g1', 'estate', '小区'), area('u1', 'b2', 'entrance', '1单元'), area('b3', 'g9', 'building', '3幢')]
    expect(buildingsAsDoors(areas, [{ id: 'g1' }]).map((one) => [one.id, one.grid, one.area])).toEqual([['b2', 'g1', 'b2'], ['b10', 'g1', 'b10']])
  })
})

describe('a visit there', () => {
  const said = (outcome: 'done' | 'nobody_home') =>
    premisesFact({ campaign, target: 'a', sheet: { ...newSheet('v1', []), answers: { exit_blocked: true } }, ending: { outcome }, today: '2021-12-10' })

  it('is one record without anybody in it', () => {
    const task = { campaign: 'c1', target: 'a', occasion: '12月10日', outcome: 'done' }
    expect(said('done')).toEqual({ id: 'v1', kind: 'screening.premises_visited.v1', body: { task, answers: { exit_blocked: true } } })
  })

  it('has no answers where nobody answered', () => {
    expect(said('nobody_home').body).toMatchObject({ answers: {} })
  })

  it('belongs to a campaign that goes there; of an older server every campaign goes to homes', () => {
    expect([isOfHomes(campaign), isOfHomes({}), isOfHomes(null)]).toEqual([false, true, true])
  })
})
