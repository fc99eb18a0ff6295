/** A list on the server: what is asked for stands in the address, what came back is kept until the next answer. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { Page } from '@/api/types'
import { textOf, useAddress } from '../address'
import { turnOf } from '../changes'
import { remembered } from '../remembered'
import { get, problemOf, type Problem, type Query } from '../server'

export const PAGE_SIZES = [25, 50, 100, 200]

export function useList<Row>(options: { id: string; url: () => string; filters: () => Query; topic: string; sort?: string; prefix?: string }) {
  const { route, amend, go } = useAddress()
  const name = (key: string) => (options.prefix ?? '') + key
  const at = (key: string) => textOf(route.query[name(key)])

  const size = remembered(`${options.id}.size`, 50)
  const asked = computed(() => ({ q: at('q'), sort: at('sort') || (options.sort ?? ''), page: Math.max(1, Number(at('page')) || 1), page_size: size.value }))
  const answer = shallowRef<Page<Row>>()
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)
  let abort = new AbortController()

  async function again(): Promise<void> {
    abort.abort()
    const mine = (abort = new AbortController())
    busy.value = true
    try {
      const found = await get<Page<Row>>(options.url(), { ...options.filters(), ...asked.value }, mine.signal)
      if (mine.signal.aborted) return
      answer.value = found
      problem.value = null
    } catch (error) {
      if (!mine.signal.aborted) problem.value = problemOf(error)
    } finally {
      if (mine === abort) busy.value = false
    }
  }

  watch(() => [options.url(), JSON.stringify(options.filters()), JSON.stringify(asked.value), turnOf(options.topic)], () => void again(), { immediate: true })
  onScopeDispose(() => abort.abort())

  const pages = computed(() => Math.max(1, Math.ceil((answer.value?.total ?? 0) / size.value)))
  return {
    answer, problem, busy, asked, size, pages, again,
    filter: (q: string) => amend({ [name('q')]: q, [name('page')]: null }),
    order: (sort: string) => go({ [name('sort')]: sort === options.sort ? null : sort, [name('page')]: null }),
    turn: (page: number) => go({ [name('page')]: page <= 1 ? null : String(Math.min(page, pages.value)) }),
  }
}
