/** What was typed into a form stays while the page is open, even if its drawer is closed. In memory only: it may name people. */
import { reactive } from 'vue'

const drafts = new Map<string, object>()

export function useDraft<T extends object>(name: string, fresh: () => T): { draft: T; clear: () => void } {
  const draft = (drafts.get(name) as T | undefined) ?? (reactive(fresh()) as T)
  drafts.set(name, draft)
  return { draft, clear: () => void Object.assign(draft, fresh()) }
}
