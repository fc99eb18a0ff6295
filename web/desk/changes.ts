/** Says "these rows are no longer what they were", so that lists read again after an act in a drawer. */
import { reactive } from 'vue'

const turns = reactive<Record<string, number>>({})

/** A number that grows whenever the topic changed; lists watch it. */
export const turnOf = (topic: string): number => turns[topic] ?? 0

export function changed(...topics: string[]): void {
  for (const topic of topics) turns[topic] = turnOf(topic) + 1
}
