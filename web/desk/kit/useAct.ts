/** One act at a time: busy while it runs, its problem kept until the next try. */
import { ref, shallowRef } from 'vue'
import { problemOf, type Problem } from '../server'

export function useAct() {
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)

  /** True when it was done. */
  async function run(act: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = null
    try {
      await act()
      return true
    } catch (error) {
      problem.value = problemOf(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, run }
}
