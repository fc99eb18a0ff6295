/** Asks what a change of boundaries would come to, whenever what is asked has stood still for a breath. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { Outlook } from '@/api/desk'
import { turnOf } from '../changes'
import { post, problemOf, type Problem } from '../server'

const BREATH_MS = 250

export function useOutlook(area: () => string, asked: () => unknown) {
  const outlook = shallowRef<Outlook | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)
  let turn = 0
  let later: ReturnType<typeof setTimeout> | undefined

  async function look(): Promise<void> {
    const mine = ++turn
    const body = asked()
    if (!body) return
    busy.value = true
    try {
      const found = await post<Outlook>(`/areas/${area()}/outlook`, body)
      if (mine !== turn) return
      outlook.value = found
      problem.value = null
    } catch (error) {
      if (mine !== turn) return
      outlook.value = null
      problem.value = problemOf(error)
    } finally {
      if (mine === turn) busy.value = false
    }
  }
  watch(() => [area(), JSON.stringify(asked()), turnOf('areas')], () => {
    turn++
    busy.value = Boolean(asked())
    if (!asked()) { outlook.value = null; problem.value = null }
    clearTimeout(later)
    later = setTimeout(() => void look(), BREATH_MS)
  }, { immediate: true })
  onScopeDispose(() => { turn++; clearTimeout(later) })
  return { outlook, problem, busy, again: look }
}
