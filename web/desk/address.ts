/** The address bar reproduces what is seen: area, campaign, list state and the open drawer all stand in it. */
import { computed } from 'vue'
import { useRoute, useRouter, type LocationQuery, type RouteLocationRaw } from 'vue-router'

export interface Shown {
  kind: string
  id: string
  /** A second id, such as the grid whose remainder is shown. */
  with?: string
}

/** `show=resident:0190…` or `show=remainder:<campaign>:<grid>` */
export function shownIn(query: LocationQuery): Shown | null {
  const text = textOf(query.show)
  if (!text) return null
  const [kind = '', id = '', second] = text.split(':')
  return kind ? { kind, id, with: second } : null
}

export function showing(kind: string, id = '', second?: string): string {
  return [kind, id, second].filter((part) => part !== undefined).join(':').replace(/:+$/, '')
}

export function textOf(value: LocationQuery[string] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

/** The query with some values changed; empty ones leave the address. */
export function changedQuery(query: LocationQuery, change: Record<string, string | null | undefined>): LocationQuery {
  const all = { ...query, ...change }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== null && value !== '')) as LocationQuery
}

export function useAddress() {
  const route = useRoute()
  const router = useRouter()
  const shown = computed(() => shownIn(route.query))
  const area = computed(() => textOf(route.query.area))

  function to(change: Record<string, string | null | undefined>): RouteLocationRaw {
    return { path: route.path, query: changedQuery(route.query, change) }
  }
  /** Where a drawer is open; a link, so that it can be opened in another tab. */
  const door = (kind: string, id = '', second?: string): RouteLocationRaw => to({ show: showing(kind, id, second) })

  return {
    route, router, shown, area, to, door,
    open: (kind: string, id = '', second?: string) => router.push(door(kind, id, second)),
    close: () => router.push(to({ show: null })),
    go: (change: Record<string, string | null | undefined>) => router.push(to(change)),
    amend: (change: Record<string, string | null | undefined>) => router.replace(to(change)),
  }
}
