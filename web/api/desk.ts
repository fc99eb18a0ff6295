/** What travels between server and desk. */
import type { AreaKind, Day, Instant, Page, TaskState, Uuid } from './types'

export interface Words {
  zh: string
  en: string
}

export interface Named {
  id: Uuid
  name: string
}

// ---- who sits here -------------------------------------------------------------------------------------------------------

export interface Grant {
  role: string
  area: Named
  permissions: string[]
  purposes: string[]
  until: Instant | null
}

export interface Me {
  account: Named
  grants: Grant[]
  must_change_password: boolean
  csrf: string
  /** Made-up people: the striped banner says so. */
  demo: boolean
  /** How often values may still be revealed today. */
  reveals_left: number
}

/** Is somebody signed in? And what a form must send along. */
export interface Session {
  signed_in: boolean
  csrf: string
}

// ---- areas ---------------------------------------------------------------------------------------------------------------

/** `grids` and `vacancies` count what lies at and below it. */
export interface AreaRow {
  id: Uuid
  kind: AreaKind
  name: string
  code: string | null
  parent: Uuid | null
  path_name: string
  walk: number | null
  estate_kind: string | null
  gates: number | null
  no_property_company: boolean
  grids: number
  vacancies: number
  responsible: Responsible | null
}

export interface Responsible {
  assignment: Uuid
  account: Named
  since: Instant
  until: Instant | null
}

export interface AreaProfile {
  area: AreaRow
  lineage: { id: Uuid; kind: AreaKind; name: string }[]
  children: AreaRow[]
  responsible: Responsible | null
  history: Responsible[]
  vacant: boolean
}

// ---- the overview --------------------------------------------------------------------------------------------------------

export interface Totals {
  listed: number
  found: number
  struck: number
  done: number
  attempted: number
  untouched: number
  remaining: number
  people: number
  people_due: number
  disputed: number
  due: number
}

export interface OverviewRow extends Totals {
  area: { id: Uuid; name: string; kind: AreaKind }
  responsible: string | null
  last_sync_at: Instant | null
}

export interface Reasons {
  untouched: number
  appointment: number
  nobody_home: number
  refused: number
  elsewhere: number
}

export interface Health {
  held: number
  backup_age_s: number | null
  disk_free_pct: number | null
  clock_odd_devices: number
  vacancies: number
}

export interface Overview {
  as_of: Instant
  position: number
  campaign: { id: Uuid; name: string; occasion: string; drill: boolean } | null
  area: { id: Uuid; name: string; kind: AreaKind; path: string[] }
  totals: Totals
  rows: OverviewRow[]
  /** `hour` as a clock shows it: 07:00. */
  hours: { hour: string; households: number; people: number }[]
  health: Health
  alarms: { code: string; message: string; details?: Record<string, unknown> }[]
}

// ---- incidents and forms ---------------------------------------------------------------------------------------------------

export interface Basis {
  code: string
  title: Words
  document: string
}

export interface Pack {
  code: string
  version: number
  title: Words
  retention_days: number
}

export interface IncidentRow {
  id: Uuid
  name: string
  area: Named
  basis: Basis | null
  issuer: string
  pack: Pack
  starts_at: Instant
  ends_at: Instant
  closed_at: Instant | null
  state: 'planned' | 'open' | 'ended' | 'closed'
  days_left: number
  drill: boolean
  renewal: { id: Uuid; ends_at: Instant; reason: string; proposed_at: Instant; proposed_by_me: boolean } | null
}

export interface IncidentCatalogue {
  legal_bases: Basis[]
  packs: Pack[]
  longest_days: number
}

export interface FormRow {
  id: Uuid
  code: string
  version: number
  title: Words
  area: Uuid
  area_name: string
  incident: Uuid | null
  questions: number
  published_at: Instant
}

export interface FormQuestion {
  code: string
  category: string
  per: 'household' | 'person'
  type: 'yes_no' | 'choice' | 'integer' | 'text'
  label: Words
  choices?: { value: string; label: Words }[]
  fact?: string | null
}

export interface FormView extends FormRow {
  form: { code: string; title: Words; questions: FormQuestion[] }
}

export interface Refusal {
  row: number
  question: string
  label: string
  code: string
  message?: string
}

// ---- campaigns -------------------------------------------------------------------------------------------------------------

export interface CampaignRow {
  id: Uuid
  name: string
  area: { id: Uuid; name: string; kind: AreaKind }
  incident: Uuid | null
  drill: boolean
  occasion: string
  form: { id: Uuid; code: string; title: Words; version: number }
  starts_on: Day
  ends_on: Day
  opened_at: Instant
  closed_at: Instant | null
  state: 'planned' | 'running' | 'over' | 'closed'
  totals: Totals
}

export interface Coverage {
  as_of: Instant
  totals: Totals
  rows: (Totals & { area: { id: Uuid; name: string; kind: AreaKind } })[]
}

export interface RemainderRow {
  household: Uuid
  state: TaskState
  outcome: string | null
  at: Instant | null
  attempts: number
  appointment: string | null
  door: string
  walk: number
  head: string | null
  people: number
}

export interface DisputedRow {
  household: Uuid
  entry: Uuid
  outcome: string
  at: Instant
}

/** Without the right to names `rows` and `disputed` are null and the counts stay. */
export interface Remainder {
  as_of: Instant
  campaign: Uuid
  grid: { id: Uuid; name: string; kind: AreaKind; path: string[] }
  totals: Totals
  counts: Reasons
  rows: RemainderRow[] | null
  disputed: DisputedRow[] | null
  total: number
  page: number
  page_size: number
}

// ---- the register ----------------------------------------------------------------------------------------------------------

export interface ResidentRow {
  id: Uuid
  household: Uuid
  grid: Uuid
  area: Uuid
  /** Community and grid in words. */
  place: string
  door: string
  name: string
  sex: string | null
  born_year: number | null
  relation: string | null
  residence_kind: string | null
  document_kind: string | null
  id_masked: string
  phone_masked: string
  status: string
  versions: Record<string, number>
}

export interface HouseholdRow {
  id: Uuid
  dwelling: Uuid
  grid: Uuid
  area: Uuid
  place: string
  door: string
  people: number
  head: string
  status: string
  /** Learnt of at the door; nobody had listed it. */
  found: boolean
}

export interface HouseholdView {
  household: HouseholdRow
  residents: ResidentRow[]
}

export interface EditView {
  id: Uuid
  field: string
  value: string | null
  by: string
  at: Instant | null
  reason: string | null
  /** The one that stands now. */
  shown: boolean
}

export interface DisagreementView {
  id: Uuid
  kind: 'field' | 'struck_but_edited'
  household: Uuid
  resident: Uuid | null
  grid: Uuid
  place: string
  door: string
  name: string
  field: string
  edits: EditView[]
}

export interface FindingView {
  row: number
  column: string
  severity: 'error' | 'warning'
  code: string
  message: string
}

export interface ImportAnswer {
  id: Uuid
  state: 'reading' | 'ready' | 'published' | 'undone' | 'failed' | 'dropped'
  file_name: string
  created_at: Instant
  rows: number
  good: number
  bad: number
  warned: number
  households: number
  residents: number
  edits: number
  unchanged: number
  job: Uuid | null
  problem: FindingView | null
  findings: FindingView[]
  kept_households: number
  kept_residents: number
}

/** Work that was begun, and the job that does it. */
export interface Begun {
  id: Uuid
  job: Uuid
}

// ---- accounts, devices, what waits, what was done ----------------------------------------------------------------------------

export interface GrantRow {
  id: Uuid
  account: Named
  role: string
  area: Named
  purposes: string[]
  starts_at: Instant
  until: Instant | null
  state: 'proposed' | 'granted' | 'declined'
  proposed_by: Uuid | null
  in_force: boolean
}

export interface AccountRow {
  id: Uuid
  /** What is typed at sign-in. */
  name: string
  display_name: string
  area: Named
  created_at: Instant
  closed_at: Instant | null
  must_change_password: boolean
  roles: GrantRow[]
  devices: number
}

export interface Enrolment {
  code: string
  expires_at: Instant
  address: string
  qr_svg: string
}

export interface DeviceRow {
  id: Uuid
  name: string
  account: Named
  enrolled_at: Instant
  revoked_at: Instant | null
  last_contact_at: Instant | null
  clock_offset_s: number | null
  stored: number
  held: number
  highest_n: number
}

export interface HeldRow {
  id: Uuid
  kind: string
  why: string
  why_in_words: string
  received_at: Instant
  sender: string | null
  device: string | null
  area: string | null
}

export interface EntryRow {
  position: number
  id: Uuid
  kind: string
  at: Instant
  received_at: Instant
  area: Named
  actor: Named | null
  device: Named | null
  facts: Record<string, unknown>
  flags: string[]
}

export interface LookRow {
  id: Uuid
  at: Instant
  account: Named
  how: string
  what: string
  purpose: string
  area: Named | null
  count: number
  reason: string | null
}

export interface Job {
  id: Uuid
  state: 'waiting' | 'running' | 'done' | 'failed'
  done: number
  total: number | null
  words: Words | null
  problem: { code: string; message: string } | null
  result?: unknown
}

export type { Page }
