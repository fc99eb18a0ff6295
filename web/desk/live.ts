/** Numbers that move while one looks: read again every 5 seconds, and at once when somebody comes back to the page. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { Problem, problemOf } from './server'

const EVERY_MS = 5000

const beat = ref(0)
let users = 0
let stop: () => void = () => undefined

function start(): void {
  const strike = () => { if (!document.hidden) beat.value++ }
  const timer = setInterval(strike, EVERY_MS)
  document.addEventListener('visibilitychange', strike)
  stop = () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', strike)
  }
}

/** Counts up whenever it is time to read again. */
export function useBeat() {
  if (users++ === 0) start()
  onScopeDispose(() => {
    if (--users === 0) stop()
  })
  return beat
}

/**
 * Reads now, when `about` changes, and (if `alive`) at every beat. What was read last stays when a later reading fails.
 * Where reading is not `allowed`, nothing is asked at all.
 */
export function useLive<T>(read: (signal: AbortSignal) => Promise<T>, about: () => unknown, alive = true, allowed: () => boolean = () => true) {
  const value = shallowRef<T | undefined>()
  const problem = shallowRef<Problem | null>(null)
  const reading = ref(false)
  let abort = new AbortController()

  async function again(): Promise<void> {
    if (!allowed()) return
    abort.abort()
    const mine = (abort = new AbortController())
    reading.value = true
    try {
      const found = await read(mine.signal)
      if (mine.signal.aborted) return
      value.value = found
      problem.value = null
    } catch (error) {
      if (!mine.signal.aborted) problem.value = problemOf(error)
    } finally {
      if (mine === abort) reading.value = false
    }
  }

  watch(about, (now, before) => {
    if (JSON.stringify(now) !== JSON.stringify(before)) value.value = undefined
    void again()
  }, { immediate: true })
  if (alive) watch(useBeat(), () => reading.value || void again())
  onScopeDispose(() => abort.abort())
  return { value, problem, reading, again }
}
