/** Places and buildings as doors to walk to. Pure. */
import type { FeedArea, FeedCampaign, FeedPlace, TargetKind, Uuid } from '@/api/types'
import type { Fact } from '@/outbox/records'
import type { Household } from '@/outbox/store'
import { answersOf, taskOutcome, type Ending, type Sheet } from './visit'

/** In the list a place is a door with its name on it. Who stands in no building comes by door, as people number them. */
export function placesAsDoors(places: readonly FeedPlace[]): Household[] {
  const inOrder = [...places].sort((a, b) => byNumber(a.door, b.door) || byNumber(a.name, b.name))
  return inOrder.map((place, walk) => asDoor(place.id, place.area, place.grid, [place.name, place.door].filter(Boolean).join(' · '), walk))
}

export function buildingsAsDoors(areas: readonly FeedArea[], grids: readonly { id: Uuid }[]): Household[] {
  const parents = new Map(areas.map((area) => [area.id, area.parent]))
  const isGrid = new Set(grids.map((grid) => grid.id))
  const buildings = areas.filter((area) => area.kind === 'building').sort((a, b) => byNumber(a.name, b.name))
  return buildings.flatMap((building, walk) => {
    let grid: Uuid | undefined = building.parent
    for (let steps = 0; grid && !isGrid.has(grid) && steps < 20; steps++) grid = parents.get(grid)
    return grid && isGrid.has(grid) ? [asDoor(building.id, building.id, grid, building.name, walk)] : []
  })
}

export function isOfHomes(campaign: { of?: TargetKind } | null | undefined): boolean {
  return (campaign?.of ?? 'households') === 'households'
}

/** A visit to a place or building is one record. */
export function premisesFact(options: { campaign: FeedCampaign; target: Uuid; sheet: Sheet; ending: Ending; today: string }): Fact {
  const { campaign, target, sheet, ending, today } = options
  const answers = ending.outcome === 'done' ? answersOf(campaign.form, sheet, today) : {}
  return { id: sheet.visit, kind: 'screening.premises_visited.v1', body: { task: taskOutcome(campaign, target, ending), answers } }
}

function asDoor(id: Uuid, area: Uuid, grid: Uuid, door: string, walk: number): Household {
  return { id, dwelling: id, area, grid, door, walk, status: 'present', position: 0 }
}

const byNumber = (one: string, other: string) => one.localeCompare(other, 'zh-Hans', { numeric: true })
