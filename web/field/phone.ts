/** The one phone this app runs on: its database, its way to the server, its rounds. */
import { liveQuery } from 'dexie'
import { onScopeDispose, shallowRef, type Ref } from 'vue'
import { makeClient } from '@/api/client'
import type { Phone } from '@/outbox/phone'
import { FieldDatabase } from '@/outbox/store'

const db = new FieldDatabase()

export function makePhone(words: (code: string) => string): Phone {
  const client = makeClient({
    words,
    headers: async (): Promise<Record<string, string>> => {
      const session = await db.note('session')
      // Its own clock travels along: times on records are only as good as it is, and the desk tells whose is off.
      return session ? { Authorization: `Bearer ${session.token}`, 'Lianfang-Clock': new Date().toISOString() } : {}
    },
  })
  return { db, client, now: Date.now, chance: Math.random }
}

/** What a query answers, kept up to date in this tab and from others. Undefined until the first answer. */
export function useLive<T>(query: () => Promise<T>): Ref<T | undefined> {
  const value = shallowRef<T>()
  const subscription = liveQuery(query).subscribe({
    next: (answer) => (value.value = answer),
    error: (error) => console.error('a query of the phone database failed', (error as Error)?.name),
  })
  onScopeDispose(() => subscription.unsubscribe(), true)
  return value
}
