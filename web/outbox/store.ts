/**
 * What the phone holds, in one database.
 *
 * Every writing transaction is strict: it completes only when the system says the bytes are on the flash. Without that a power cut lost
 * 1,134 of 1,175 records that had been called saved. So `await write(...)` returning is what 已保存在本机 means, and nothing else is.
 */
import Dexie, { type Table } from 'dexie'
import type { DeviceCount, Fate, FeedArea, FeedCampaign, FeedFinding, FeedGates, FeedGiving, FeedGrid, FeedHousehold, FeedPlace, FeedTask, Outcome, Uuid } from '@/api/types'

/** Text locked under one of the phone's own keys. */
export interface Box {
  iv: Uint8Array<ArrayBuffer>
  data: ArrayBuffer
}

/** waiting → sent, or waiting → returned. A sent one keeps its content until phone and server have compared their counts. */
export type RecordState = 'waiting' | 'sent' | 'returned'

export interface KeptRecord {
  id: Uuid
  n: number
  kind: string
  at: string
  /** The household it is about and the visit it belongs to: ids, no names. */
  household: Uuid | null
  visit: Uuid
  /** Whose task it was about: so that it can go when that campaign is forgotten. */
  campaign?: Uuid | null
  state: RecordState
  /** The record's exact text, locked: sent open over the worker's own token. */
  box: Box | null
  /** The same text sealed to the server's key: sent when this phone may no longer read it. */
  sealed: string | null
  fate: Fate | null
  code: string | null
  message: string | null
  position: number | null
  /** Milliseconds of this phone's clock. */
  settled_at: number | null
  /** 1 once a receipt was counted: a record sent again for repair is not counted twice. */
  counted: 0 | 1
}

export interface Draft {
  key: string
  household: Uuid | null
  at: number
  box: Box
}

export type Household = Omit<FeedHousehold, 'residents'> & { local?: boolean }

export interface People {
  household: Uuid
  grid: Uuid
  box: Box
}

/** What this phone did to a task and the feed does not show yet. */
export interface Mark {
  record: Uuid
  task: string
  target: Uuid
  outcome: Outcome
  at: string
  people: number
  /** A correction: it says what holds, whatever was shown before. */
  corrects: boolean
  /** The position it was stored at; null while it waits, and for held ones, which the feed shows only when settled. */
  position: number | null
}

export interface Appointment {
  task: string
  target: Uuid
  at: string
}

/** What this phone noted at a gate: for its counters, for undoing, and so that nobody is noted twice. No name and no number of anybody. */
export interface KeptPassage {
  id: Uuid
  gate: Uuid
  /** The gate's time, and the day and hour of the district in which it counts. */
  at: number
  day: string
  hour: number
  direction: 'in' | 'out'
  decided: string
  without_phone: boolean
  given: number
  /** Who it was, for that hour; gone after it. */
  token: string
  undone: boolean
}

/** Gates, tables and keys as of the last sync; both moments in milliseconds, the second by this phone's clock. */
export interface KeptGates {
  slice: FeedGates
  as_of: number
  contact_at: number
}

export interface Session {
  token: string
  device: { id: Uuid; name: string }
  account: { id: Uuid; name: string }
  server_key: string
  server_key_id: string
  cache_hours: number
  /** The server said that people must go; only sealed records are still handed in. */
  revoked: boolean
  /** The token opens nothing any more, without a word about people: sign in again. */
  expired: boolean
}

export interface Scope {
  grids: FeedGrid[]
  areas: FeedArea[]
  campaigns: FeedCampaign[]
  /** Whose doors they are; a phone that synced with an older server has none. */
  givings?: FeedGiving[]
  /** Open findings; a slice that was kept by an older version has none. */
  findings?: FeedFinding[]
  position: number
  shape: string
  as_of: string
  /** When the last contact was, by this phone's clock, and when names must be gone, by the same clock. */
  contact_at: number
  names_until: number
  /** Whether a whole feed was read since the last reset. */
  complete: boolean
  bytes: number
}

export interface Counters {
  /** The last device counter given out. */
  n: number
  /** Records a receipt was counted for: stored, already held, held. */
  delivered: number
  returned: number
}

export interface Comparison {
  at: number
  phone: number
  server: number
  equal: boolean
}

export interface LastSync {
  at: number
  ok: boolean
  code: string | null
  message: string | null
  sent: number
}

interface Notes {
  session: Session
  scope: Scope
  gates: KeptGates
  /** The latest moment this phone's clock showed since that sync: turned back, a gate does not go back with it. */
  gate_latest: number
  counters: Counters
  comparison: Comparison
  server_count: DeviceCount
  last_sync: LastSync
  /** Nobody asks the server before this moment (503 with Retry-After), in whatever tab. */
  pause_until: number
  /** The latest moment this phone ever saw: a clock turned back does not bring time back. */
  latest_seen: number
  /** When contents were last sent again because the counts differed. */
  repaired_at: number
  /** What became of this phone, told on the enrolment screen after all was wiped. */
  farewell: { handed_in: number; left: number }
}

export class FieldDatabase extends Dexie {
  records!: Table<KeptRecord, string>
  drafts!: Table<Draft, string>
  households!: Table<Household, string>
  people!: Table<People, string>
  places!: Table<FeedPlace, string>
  tasks!: Table<FeedTask & { key: string }, string>
  marks!: Table<Mark, string>
  appointments!: Table<Appointment, string>
  passages!: Table<KeptPassage, string>
  notes!: Table<{ key: string; value: unknown }, string>
  keys!: Table<{ name: string; key: CryptoKey }, string>

  constructor(name = 'lianfang-field') {
    super(name, { chromeTransactionDurability: 'strict' })
    this.version(1).stores({
      records: 'id, state, n, visit, household',
      drafts: 'key, household',
      households: 'id, grid, area',
      people: 'household, grid',
      tasks: 'key, target',
      marks: 'record, task, target',
      appointments: 'task, target',
      notes: 'key',
      keys: 'name',
    })
    this.version(2).stores({ places: 'id, grid' })
    this.version(3).stores({ passages: 'id, [gate+day]' })
  }

  async note<K extends keyof Notes>(key: K): Promise<Notes[K] | undefined> {
    return (await this.notes.get(key))?.value as Notes[K] | undefined
  }

  async keep<K extends keyof Notes>(key: K, value: Notes[K]): Promise<void> {
    await this.notes.put({ key, value })
  }

  async drop(key: keyof Notes): Promise<void> {
    await this.notes.delete(key)
  }
}

export function taskKey(task: { campaign: Uuid; occasion: string; target: Uuid }): string {
  return `${task.campaign}/${task.occasion}/${task.target}`
}
