/**
 * What travels between server and screens, as the house agreed on it.
 * The shapes of the desk are generated from the server's OpenAPI document instead: desk.ts, types.gen.ts.
 */

import type { Tree } from '@/shared/forms/expressions'
import type { InForce } from '@/shared/policies'

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
  /** Where it comes on the way through its grid, if somebody has drawn it. */
  walk?: number | null
}

export type QuestionType = 'yes_no' | 'choice' | 'integer' | 'text' | 'choices' | 'decimal' | 'date' | 'barcode' | 'note' | 'calculate'
export type Scalar = string | number | boolean
export type Row = Record<string, Scalar | string[]>
/** Several choices are a list of words, the rows of a repeat a list of rows. */
export type Value = Scalar | (string | Row)[]
export interface Both {
  zh: string
  en: string
}

export interface Question {
  code: string
  per: 'household' | 'person'
  type: QuestionType
  label: Both
  choices?: { value: string; label: Both | string }[]
  default?: Scalar | null
  section?: string | null
  relevant?: Tree | null
  required?: Tree | null
  constraint?: Tree | null
  constraint_message?: Both | null
  calculation?: Tree | null
  hint?: Both | null
}

export interface Section {
  code: string
  label: Both
  within?: string | null
  repeats?: boolean
  relevant?: Tree | null
}

export interface Form {
  id: Uuid
  version: number
  title: string | Both
  questions: Question[]
  /** Facts of the register to show and confirm, never to ask. */
  shown?: string[]
  /** A phone that synced with an older server has none. */
  sections?: Section[]
}

/** How often and when to call again where nobody was met; hours as 18:00 of the district. */
export interface AttemptPolicy {
  hours_between: number
  off_peak_from: string | null
  notice_at: number
  quiet_from: string
  quiet_until: string
}

/** A campaign begins anew each day, or each week on a weekday (1 is Monday). */
export interface Recurrence {
  every: 'daily' | 'weekly'
  weekday?: number | null
}

export interface MeantPeople {
  from_years?: number | null
  until_years?: number | null
  alone_from?: number | null
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
  attempts?: AttemptPolicy
  /** A second person looks again at some of its visits. */
  rechecks?: boolean
  recurs?: Recurrence | null
  /** Whom in a household it is about; without: everybody. */
  meant?: MeantPeople | null
  /** What it goes to; an older server knows homes only. */
  of?: TargetKind
}

/** 户, 处 or 栋. */
export type TargetKind = 'households' | 'places' | 'buildings'

/** Somewhere people come that is nobody's home. */
export interface FeedPlace {
  id: Uuid
  grid: Uuid
  area: Uuid
  kind: string
  name: string
  door: string
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
  attempts?: number
  refusals?: number
}

/** Doors of a grid given to somebody: buildings and entrances, single households, or with neither the whole grid. */
export interface FeedGiving {
  id: Uuid
  campaign: Uuid
  grid: Uuid
  areas: Uuid[]
  households: Uuid[]
  since: Instant
  position: number
  mine: boolean
  hands: string[]
  team: string | null
  reason: string | null
}

/** Something found at a door that is to be fixed: a re-check to be made there by that day. */
export interface FeedFinding {
  campaign: Uuid
  household: Uuid
  question: string
  label: Both
  found_on: Day
  due_on: Day
  /** Of a place or building `household` is its id. */
  of?: TargetKind
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
  /** All that still holds, every time. */
  givings?: FeedGiving[]
  /** All that is open in my grids, every time; a server that is older has none. */
  findings?: FeedFinding[]
  /** Where this account may stand at a gate that asks, every time. */
  gates?: FeedGates | null
  /** All places of my grids; null: they are as they were. */
  places?: FeedPlace[] | null
}

export interface FeedGate {
  id: Uuid
  name: string
  kind: 'compound' | 'village' | 'expressway' | 'market' | 'factory' | 'event'
  lanes: number
  directions: ('in' | 'out')[]
  place: string
  lineage: Uuid[]
  /** By which code's tables it decides. */
  code: string
  ends_at: Instant
  drill: boolean
  incident: Uuid
  supervisors: { id: Uuid; name: string }[]
}

/** All that a phone needs to decide at its gates for days without a line. */
export interface FeedGates {
  gates: FeedGate[]
  policies: InForce[]
  /** Keys in base64; numbers taken back in hexadecimal digits. */
  verify_by: { keys: { id: string; x: string; y: string; signs_from: Instant; signs_until: Instant; withdrawn: boolean }[]; revoked: { as_of: Instant; until: Record<string, Instant> } }
  token_keys: { incident: Uuid; day: Day; key: string }[]
}

export interface TaskOutcome {
  campaign: Uuid
  target: Uuid
  occasion: string
  outcome: Outcome
  note_code?: string
  appointment?: string
}
