/** What was just done, in a line that goes by itself and holds nobody up. */
import { ref } from 'vue'

export const said = ref<{ words: string; tone: 'good' | 'stop' } | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

export function say(words: string, tone: 'good' | 'stop' = 'good'): void {
  said.value = { words, tone }
  clearTimeout(timer)
  timer = setTimeout(() => (said.value = null), tone === 'stop' ? 9000 : 4000)
}
