/** What the bars show: the areas below, and where these are sectors the communities below them, which is where people walk. */
import { computed, shallowRef, watch, type Ref } from 'vue'
import type { Coverage, Overview, Totals } from '@/api/desk'
import type { AreaKind } from '@/api/types'
import { get } from '../server'

export type Bar = Totals & { area: { id: string; name: string; kind: AreaKind } }

const AT_MOST_EVERY_MS = 15_000

export function useBars(overview: Ref<Overview | undefined>): Ref<Bar[]> {
  const below = shallowRef<Bar[]>([])
  let asked = ''
  let askedAt = 0

  async function read(data: Overview): Promise<void> {
    const sectors = data.rows.filter((row) => row.area.kind === 'sector')
    const about = `${data.campaign?.id} ${data.area.id}`
    if (!data.campaign || !sectors.length) return void (below.value = [])
    if (about === asked && Date.now() - askedAt < AT_MOST_EVERY_MS) return
    if (about !== asked) below.value = []
    asked = about
    askedAt = Date.now()
    const found = await Promise.all(sectors.map((row) => get<Coverage>(`/campaigns/${data.campaign!.id}/coverage`, { area: row.area.id }).catch(() => undefined)))
    if (about === asked) below.value = found.flatMap((one) => one?.rows ?? [])
  }
  watch(overview, (data) => data && void read(data), { immediate: true })

  return computed(() => (below.value.length ? below.value : (overview.value?.rows ?? [])))
}
