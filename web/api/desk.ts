/** What travels between server and desk: names for the shapes that the server itself describes (types.gen.ts). */
import type { components } from './types.gen'
import type { Form, Page } from './types'

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
export type EstateKind = Shape['EstateKind']
export type DoorGroup = Shape['DoorGroup']
export type AskedPart = Shape['AskedPart']
export type RedrawPlan = Shape['RedrawPlan']
export type Outlook = Shape['Outlook']
export type AreaMap = Shape['AreaMap']
export type DrawnArea = Shape['DrawnArea']
export type MapMarker = Shape['Marker']
export type DrawingLook = Shape['DrawingLook']
export type EstateGap = Shape['EstateGap']
export type GapRow = Shape['GapRow']
export type GapCounts = Shape['GapCounts']
export type DivisionsTaken = Shape['DivisionsTaken']
export type PartOutlook = Shape['PartOutlook']
export type OrganisationRow = Shape['OrganisationRow']
export type PostRow = Shape['PostRow']
export type LinkRow = Shape['LinkRow']
export type LinkProfile = Shape['LinkProfile']
export type ContactRow = Shape['ContactRow']
export type DoorProfile = Shape['DoorProfile']
export type StewardRow = Shape['StewardRow']
export type StewardProfile = Shape['StewardProfile']
export type PostProfile = Shape['PostProfile']
export type Holder = Shape['Holder']
export type Gap = Shape['Gap']
export type Duty = Shape['Duty']
export type Workload = Shape['Workload']
export type WorkerLoad = Shape['WorkerLoad']
export type VacantGrid = Shape['VacantGrid']

// ---- gates ---------------------------------------------------------------------------------------------------------------

export type Gates = Shape['Gates']
export type GateRow = Shape['GateRow']
export type VenueCodes = Shape['VenueCodes']
export type VenueCodeRow = Shape['VenueCodeRow']
export type VenueWindow = Shape['VenueWindow']
export type VenueWarrants = Shape['VenueWarrants']
export type WarrantRow = Shape['WarrantRow']
export type WarrantReading = Shape['WarrantReading']
export type GateDay = Shape['GateDay']

// ---- the overview --------------------------------------------------------------------------------------------------------

export type Totals = Shape['Totals']
export type Overview = Shape['Overview']
export type CoverageReply = Shape['CoverageReply']
export type OverviewRow = Shape['OverviewRow']
export type Health = Shape['Health']
export type Sheets = Shape['Sheets']

// ---- the register as work ---------------------------------------------------------------------------------------------

export type FlawSummary = Shape['FlawSummaryAnswer']
export type FlawCounts = Shape['FlawCounts']
export type FlawListed = Shape['FlawListed']
export type CompletenessReport = Shape['CompletenessReport']
export type Completeness = Shape['Completeness']
export type ResidenceReport = Shape['ResidenceReport']
export type ResidenceCounts = Shape['ResidenceCounts']

export type AreaBurden = Shape['AreaBurden']
export type BurdenReport = Shape['BurdenReport']
export type HomeBurden = Shape['HomeBurden']

// ---- incidents, forms, campaigns -----------------------------------------------------------------------------------------

export type IncidentRow = Shape['IncidentRow']
export type Forgetting = Shape['Forgetting']
export type OpeningRow = Shape['OpeningRow']
export type OpeningShown = Shape['OpeningShown']
export type Difference = Shape['Difference']
export type DifferenceLine = Shape['DifferenceLine']
export type DifferenceMoved = Shape['DifferenceMoved']
export type DifferenceShown = Shape['DifferenceShown']
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
  section?: string | null
  relevant?: string
  constraint?: string
  calculation?: string
  retention?: string | number | null
}
export type FormBurden = Shape['FormBurden']
/** What was done with a row that its author should know of. */
export interface Remark {
  row: number
  message: string
}
export type FormView = Omit<Shape['FormView'], 'form' | 'document' | 'remarks'> & {
  form: { code: string; title: Words; questions: FormQuestion[] }
  /** As a phone gets it. */
  document: Form
  remarks?: Remark[]
}
export type CampaignRow = Shape['CampaignRow']
export type Occasions = Shape['OccasionsReply']
export type FindingRow = Shape['FindingRow']
export type FindingCounts = Shape['FindingCounts']
export type FindingsCounted = Shape['FindingsCounted']
export type NeedShown = Shape['NeedShown']
export type Pace = Shape['Pace']
export type AttemptPolicy = Required<Shape['AttemptPolicy']>
export type Coverage = Shape['CoverageReply']
export type CoverageRow = Shape['CoverageRow']
export type Reasons = Shape['RemainderCounts']
export type Remainder = Shape['RemainderReply']
export type RemainderRow = Shape['RemainderRow']

// ---- reports -------------------------------------------------------------------------------------------------------------

export type TableRow = Shape['TableRow']
export type TableView = Shape['TableView']
export type TableDrawn = Shape['DrawnSheet']
export type TableWanted = Shape['Wanted']
export type TableSuggestion = Shape['AreaSuggestion']
export type TableValues = Shape['ValuesOnDay']
export type TableFilling = Shape['FillingRow']
export type OdkLogin = Shape['NewLogin']
export type ReportRow = Shape['ReportRow']
export type ReportView = Shape['ReportView']
export type ReportDocument = Shape['ReportView']['document']
export type ReportRecount = Shape['RecountReply']

/** One question that cannot stand; travels in the details of a problem, which no document describes. */
export interface Refusal {
  sheet: string
  row: number
  column: string
  question: string
  label: string
  code: string
  message?: string
}

// ---- the register ----------------------------------------------------------------------------------------------------------

export type ResidentRow = Shape['ResidentRow']
export type HouseholdRow = Shape['HouseholdRow']
export type HouseholdView = Shape['HouseholdView']
export type PlaceRow = Shape['PlaceRow']
export type PlaceProfile = Shape['PlaceProfile']
export type PlaceLook = Shape['PlaceLook']
export type EditView = Shape['EditView']
export type DisagreementView = Shape['DisagreementView']
export type DuplicateView = Shape['DuplicateView']
export type MergeView = Shape['MergeView']
export type ImportAnswer = Shape['ImportAnswer']
export type OffersOfRoster = Shape['OffersOfRoster']
export type OfferView = Shape['OfferView']
export type SettledView = Shape['SettledView']
export type Decided = Shape['OffersDecided']
export type ExportView = Shape['ExportView']
export type WaitingItem = Shape['WaitingItem']
export type WaitingList = Shape['WaitingList']
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

// ---- the numbers of an incident's pack -----------------------------------------------------------------------------------

export type Board = Shape['Board']
export type AreaBoard = Shape['AreaBoard']
export type IndexValue = Shape['IndexValue']
export type RollCall = Shape['RollCall']
export type RollRow = Shape['RollRow']

// ---- whose doors they are

export type GivingsReply = Shape['GivingsReply']
export type GivingShown = Shape['GivingShown']

// ---- visits looked at again

export type ChecksReply = Shape['ChecksReply']
export type FindingShown = Shape['FindingShown']
export type WorkerChecks = Shape['WorkerChecks']
export type ToCheck = Shape['ToCheck']

// ---- walking lists -------------------------------------------------------------------------------------------------------

export type ListSeen = Shape['ListSeen']
export type ListLine = Shape['Line']
export type EnteredLine = Shape['Entered']

// ---- the gate: policies, orders, credentials, duty -----------------------------------------------------------------------

export type PoliciesHere = Shape['PoliciesHere']
export type PolicyRow = Shape['PolicyRow']
export type PolicyLine = Shape['PolicyLine']
export type PolicyInput = Shape['Edition']['inputs'][number]
export type PolicyEditions = Shape['Editions']
export type PolicyDecision = Shape['PolicyDecision']
export type OrderRow = Shape['OrderRow']
export type OrderPage = Shape['OrderPage']
export type OrderCatalogue = Shape['OrderCatalogue']
export type CredentialRow = Shape['CredentialRow']
export type KeyRow = Shape['KeyRow']
export type Roster = Shape['DutyRoster']
export type ShiftRow = Shape['ShiftRow']
export type StationRow = Shape['StationRow']
export type StationDays = Shape['StationDays']
