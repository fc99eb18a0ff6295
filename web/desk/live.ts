/** Numbers that move while one looks: read again when the server says that the ledger grew, else every 5 seconds. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { Problem, problemOf } from './server'

const EVERY_MS = 5000
/** However busy the ledger, a screen reads at most so often. */
const AT_MOST_EVERY_MS = 1000

const beat = ref(0)
let users = 0
let stop: () => void = () => undefined

function start(): void {
  let last = 0
  let later: ReturnType<typeof setTimeout> | undefined
  const strike = () => {
    const wait = last + AT_MOST_EVERY_MS - Date.now()
    clearTimeout(later)
    if (wait > 0) return void (later = setTimeout(strike, wait))
    last = Date.now()
    if (!document.hidden) beat.value++
  }
  const timer = setInterval(strike, EVERY_MS)
  const stream = openStream(strike)
  const seen = () => !document.hidden && strike()
  document.addEventListener('visibilitychange', seen)
  stop = () => {
    clearInterval(timer)
    clearTimeout(later)
    stream?.close()
    document.removeEventListener('visibilitychange', seen)
  }
}

/** Where the server offers no stream it answers an error once; the timer goes on alone. */
function openStream(strike: () => void): EventSource | undefined {
  if (typeof EventSource === 'undefined') return undefined
  const stream = new EventSource('/api/v1/stream')
  stream.onmessage = strike
  stream.onerror = () => stream.readyState === EventSource.CLOSED || stream.close()
  return stream
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
