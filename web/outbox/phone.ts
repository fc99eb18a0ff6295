/** What every verb of the outbox is given: where things are kept, how to reach the server, what time it is. */
import type { Client } from '@/api/client'
import type { FieldDatabase } from './store'

export interface Phone {
  db: FieldDatabase
  client: Client
  now: () => number
  /** In [0, 1): spreads retries, so that sixty-nine phones do not come back in the same second. */
  chance: () => number
}
