/**
 * What travels between server and screens, as the house agreed on it.
 * The shapes of the desk are generated from the server's OpenAPI document instead: desk.ts, types.gen.ts.
 */

export type Uuid = string
/** RFC 3339 with offset. */
export type Instant = string
/** YYYY-MM-DD. */
export type Day = string

export interface Page<Row> {
  rows: Row[]
  total: number
  page: number
  page_size: number
  as_of: Instant
}

// ---- devices ---------------------------------------------------------------------------------------------------------

export interface Token {
  token: string
  expires_at: Instant
  device: { id: Uuid; name: string }
  account: { id: Uuid; name: string }
  cache_hours: number
}

export interface ServerKey {
  public_key: string
  key_id: string
}

export type Fate = 'stored' | 'already_held' | 'held' | 'refused'

export interface Receipt {
  id: Uuid | null
  fate: Fate
  code?: string | null
  message?: string | null
}

export interface DeviceCount {
  stored: number
  held: number
  highest_n: number
}

export interface HandInReply {
  receipts: Receipt[]
  position: number
  device?: DeviceCount | null
}

export interface OpenRecord {
  id: Uuid
  kind: string
  at: Instant
  n: number
  body: unknown
}

export interface SealedRecord {
  id: Uuid
  sealed: string
}

// ---- the feed ----------------------------------------------------------------------------------------------------------

export type AreaKind = 'division' | 'subdistrict' | 'sector' | 'community' | 'village' | 'estate' | 'grid' | 'building' | 'entrance'

export interface FeedGrid {
  id: Uuid
  name: string
  path: string[]
  responsible: boolean
}

export interface FeedArea {
  id: Uuid
  parent: Uuid
  kind: AreaKind
  name: string
}

export type QuestionType = 'yes_no' | 'choice' | 'integer' | 'text'
export type Value = string | number | boolean

export interface Question {
  code: string
  per: 'household' | 'person'
  type: QuestionType
  label: { zh: string; en: string }
  choices?: { value: string; label: { zh: string; en: string } | string }[]
  default?: Value | null
}

export interface Form {
  id: Uuid
  version: number
  title: string | { zh: string; en: string }
  questions: Question[]
}

export interface FeedCampaign {
  id: Uuid
  name: string
  occasion: string
  drill: boolean
  incident: Uuid | null
  form: Form
  starts_on: Day
  ends_on: Day
  listed: number
}

export interface FeedResident {
  id: Uuid
  name: string
  sex: string | null
  born_year: number | null
  relation: string | null
  residence_kind: string | null
  phone_masked: string | null
  id_masked: string | null
  status: string
  versions: Record<string, number>
}

export interface FeedHousehold {
  id: Uuid
  dwelling: Uuid
  area: Uuid
  grid: Uuid
  door: string
  walk: number
  status: string
  position: number
  residents: FeedResident[]
}

export type Outcome = 'done' | 'nobody_home' | 'refused' | 'elsewhere' | 'moved_away' | 'vacant'
export type TaskState = 'untouched' | 'attempted' | 'done' | 'struck'

export interface FeedTask {
  campaign: Uuid
  target: Uuid
  occasion: string
  state: TaskState
  outcome: Outcome | null
  at: Instant | null
  position: number
  appointment?: string | null
}

export interface FeedPage {
  reset: boolean
  position: number
  more: boolean
  as_of: Instant
  names_until: Instant
  shape: string
  /** The areas come with a reset only: as long as the shape holds, they are what they were. */
  scope: { grids: FeedGrid[]; areas: FeedArea[] }
  campaigns: FeedCampaign[]
  households: FeedHousehold[]
  gone: Uuid[]
  tasks: FeedTask[]
  device: DeviceCount | null
  /** Campaigns of which only counts are left: what this phone still has of them goes. */
  forgotten?: Uuid[]
}

export interface TaskOutcome {
  campaign: Uuid
  target: Uuid
  occasion: string
  outcome: Outcome
  note_code?: string
  appointment?: string
}
