/** What travels between server and desk: names for the shapes that the server itself describes (types.gen.ts). */
import type { components } from './types.gen'
import type { Page } from './types'

type Shape = components['schemas']

export type { Page }
export type Words = Shape['PostureWords']
export type Named = Shape['Named']

// ---- who sits here -------------------------------------------------------------------------------------------------------

export type Me = Shape['Me']
export type Session = Shape['Session']

// ---- areas ---------------------------------------------------------------------------------------------------------------

export type AreaRow = Shape['AreaRow']
export type AreaProfile = Shape['AreaProfile']
export type Responsible = Shape['Answers']
export type TreeLoaded = Shape['TreeLoaded']

// ---- the overview --------------------------------------------------------------------------------------------------------

export type Totals = Shape['Totals']
export type Overview = Shape['Overview']
export type OverviewRow = Shape['OverviewRow']
export type Health = Shape['Health']
export type Sheets = Shape['Sheets']

// ---- incidents, forms, campaigns -----------------------------------------------------------------------------------------

export type IncidentRow = Shape['IncidentRow']
export type Forgetting = Shape['Forgetting']
export type IncidentCatalogue = Shape['Catalogue']
export type FormRow = Shape['FormRow']
/** Told here: in the document two shapes of the server share the name Question. */
export interface FormQuestion {
  code: string
  category: string
  per: Shape['Per']
  type: Shape['QuestionType']
  label: Words
  choices?: { value: string; label: Words }[]
  fact?: string | null
}
export type FormView = Omit<Shape['FormView'], 'form'> & { form: { code: string; title: Words; questions: FormQuestion[] } }
export type CampaignRow = Shape['CampaignRow']
export type Coverage = Shape['CoverageReply']
export type CoverageRow = Shape['CoverageRow']
export type Reasons = Shape['RemainderCounts']
export type Remainder = Shape['RemainderReply']
export type RemainderRow = Shape['RemainderRow']

/** One question that cannot stand; travels in the details of a problem, which no document describes. */
export interface Refusal {
  row: number
  question: string
  label: string
  code: string
  message?: string
}

// ---- the register ----------------------------------------------------------------------------------------------------------

export type ResidentRow = Shape['ResidentRow']
export type HouseholdRow = Shape['HouseholdRow']
export type HouseholdView = Shape['HouseholdView']
export type EditView = Shape['EditView']
export type DisagreementView = Shape['DisagreementView']
export type DuplicateView = Shape['DuplicateView']
export type MergeView = Shape['MergeView']
export type ImportAnswer = Shape['ImportAnswer']
export type Uploaded = Shape['Uploaded']
export type LayoutView = Shape['LayoutView']
export type Layout = Shape['Layout']
export type ColumnView = Shape['ColumnView']
export type PreviewView = Shape['PreviewView']
export type PreviewRow = Shape['PreviewRow']
export type Begun = Shape['Begun']
export type Revealed = Shape['Revealed']

// ---- accounts, devices, what waits, what was done ----------------------------------------------------------------------------

export type AccountRow = Shape['AccountView']
export type Created = Shape['ApiAccessCreated']
export type GrantRow = Shape['GrantView']
export type Enrolment = Shape['EnrolmentCard']
export type DeviceRow = Shape['DeviceView']
export type HeldRow = Shape['HeldRow']
export type EntryRow = Shape['EntryRow']
export type LookRow = Shape['DisclosureView']
export type Job = Shape['JobState']
