/** Whose doors they are: which word on a door stands. The server judges by the same cases (campaigns/vectors.json). Pure. */
import type { FeedGiving, Instant, Uuid } from '@/api/types'

export interface GivenDoor {
  household: Uuid
  /** Everything it lies in: entrance, building, grid. */
  within: ReadonlySet<Uuid>
}

type Word = Pick<FeedGiving, 'grid' | 'areas' | 'households' | 'since' | 'position'>

function covers(word: Word, door: GivenDoor): boolean {
  if (!word.areas.length && !word.households.length) return door.within.has(word.grid)
  return word.households.includes(door.household) || word.areas.some((area) => door.within.has(area))
}

/** The word that holds from latest on, of two from the same moment the one said last; null: the door is everybody's. */
export function standingGiving<W extends Word & { hands: readonly string[] }>(door: GivenDoor, said: readonly W[], at: Instant): W | null {
  const now = Date.parse(at)
  let latest: W | null = null
  for (const word of said) {
    if (Date.parse(word.since) > now || !covers(word, door)) continue
    if (!latest || isLater(word, latest)) latest = word
  }
  return latest && latest.hands.length > 0 ? latest : null
}

function isLater(one: Word, other: Word): boolean {
  const [first, second] = [Date.parse(one.since), Date.parse(other.since)]
  return first > second || (first === second && one.position > other.position)
}

/** For each area everything it lies in, itself among it. */
export function chains(areas: readonly { id: Uuid; parent: Uuid | null }[]): (area: Uuid) => Set<Uuid> {
  const parents = new Map(areas.map((area) => [area.id, area.parent]))
  const known = new Map<Uuid, Set<Uuid>>()
  return (area) => {
    let chain = known.get(area)
    if (!chain) {
      chain = new Set()
      for (let each: Uuid | null | undefined = area; each && !chain.has(each); each = parents.get(each)) chain.add(each)
      known.set(area, chain)
    }
    return chain
  }
}
