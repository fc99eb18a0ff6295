/** A visit while it is being written, and the records it becomes. Pure. */
import type { FeedCampaign, FeedResident, Outcome, Question, TaskOutcome, Uuid, Value } from '@/api/types'
import type { Fact } from '@/outbox/records'

export const RELATIONS = ['head', 'spouse', 'child', 'child_in_law', 'grandchild', 'parent', 'grandparent', 'sibling', 'relative', 'tenant', 'flatmate', 'carer', 'other'] as const
export const RESIDENCE_KINDS = ['registered', 'usual', 'migrant', 'returnee', 'visitor'] as const
export const STRUCK_WHY = ['moved_away', 'died', 'counted_twice', 'unknown_here'] as const
export const EDITABLE = ['name', 'sex', 'relation', 'phone', 'residence_kind'] as const
export type Editable = (typeof EDITABLE)[number]

export interface Person {
  name: string
  sex?: 'male' | 'female'
  born_on?: string
  relation?: string
  phone?: string
  id_number?: string
  residence_kind?: string
}

/** Everything somebody typed or tapped about one household; kept as a draft after each change. */
export interface Sheet {
  visit: Uuid
  present: Uuid[]
  answers: Record<string, Value>
  exceptions: Record<Uuid, Record<string, Value>>
  added: { id: Uuid; person: Person }[]
  struck: Record<Uuid, string>
  edits: Record<Uuid, Partial<Record<Editable, string>>>
  /** How many were met where names are gone from this phone. */
  met: number | null
}

export function newSheet(visit: Uuid, questions: readonly Question[]): Sheet {
  const answers: Record<string, Value> = {}
  for (const question of questions) {
    if (question.default !== null && question.default !== undefined) answers[question.code] = question.default
  }
  return { visit, present: [], answers, exceptions: {}, added: [], struck: {}, edits: {}, met: null }
}

/** Has anything been touched that would be a pity to lose? */
export function isTouched(sheet: Sheet, questions: readonly Question[]): boolean {
  const fresh = newSheet(sheet.visit, questions)
  return JSON.stringify({ ...sheet }) !== JSON.stringify(fresh)
}

/** Who lives there as the register has it, less who was struck now. */
export function living(residents: readonly FeedResident[] | null, sheet: Sheet): FeedResident[] {
  return (residents ?? []).filter((resident) => resident.status !== 'struck' && !(resident.id in sheet.struck))
}

/** How many people the visit covers: everybody answered for, at home or not. */
export function peopleCovered(residents: readonly FeedResident[] | null, sheet: Sheet): number {
  return residents === null ? (sheet.met ?? 0) + sheet.added.length : living(residents, sheet).length + sheet.added.length
}

export function unanswered(questions: readonly Question[], sheet: Sheet): Question[] {
  return questions.filter((question) => question.type !== 'text' && sheet.answers[question.code] === undefined)
}

export interface Ending {
  outcome: Outcome
  note_code?: string
  appointment?: string
}

export function taskOutcome(campaign: FeedCampaign, target: Uuid, ending: Ending): TaskOutcome {
  return { campaign: campaign.id, target, occasion: campaign.occasion, ...ending }
}

/** The visit and, as its children, one record for each changed fact. `freshId` makes the children's ids. */
export function factsOf(options: {
  campaign: FeedCampaign
  household: Uuid
  residents: readonly FeedResident[] | null
  sheet: Sheet
  ending: Ending
  freshId: () => Uuid
}): Fact[] {
  const { campaign, household, residents, sheet, ending, freshId } = options
  const isDone = ending.outcome === 'done'
  const known = new Set([...living(residents, sheet).map((resident) => resident.id), ...sheet.added.map((added) => added.id)])
  const visited: Fact = {
    id: sheet.visit,
    kind: 'screening.household_visited.v1',
    body: {
      task: taskOutcome(campaign, household, ending),
      present: isDone ? [...sheet.present.filter((id) => known.has(id)), ...sheet.added.map((added) => added.id)] : [],
      answers: isDone ? filled(sheet.answers) : {},
      exceptions: isDone ? exceptionsOf(sheet, known) : [],
      people: isDone ? peopleCovered(residents, sheet) : 0,
    },
  }
  return [visited, ...changesOf(household, residents, sheet, freshId)]
}

function exceptionsOf(sheet: Sheet, known: ReadonlySet<Uuid>): { resident: Uuid; answers: Record<string, Value> }[] {
  return Object.entries(sheet.exceptions)
    .map(([resident, answers]) => ({ resident, answers: filled(answers) }))
    .filter(({ resident, answers }) => known.has(resident) && Object.keys(answers).length > 0)
}

function filled(answers: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== ''))
}

function changesOf(household: Uuid, residents: readonly FeedResident[] | null, sheet: Sheet, freshId: () => Uuid): Fact[] {
  const base = { household, parent: sheet.visit }
  const changed = (body: object): Fact => ({ id: freshId(), kind: 'registry.household_changed.v1', body: { ...base, ...body } })
  const versions = (resident: Uuid) => residents?.find((one) => one.id === resident)?.versions ?? {}
  return [
    ...sheet.added.map(({ id, person }) => changed({ change: 'added', resident: id, person: said(person) })),
    ...Object.entries(sheet.struck).map(([resident, reason]) => changed({ change: 'struck', resident, reason, versions: versions(resident) })),
    ...Object.entries(sheet.edits).flatMap(([resident, fields]) =>
      Object.entries(fields).filter(() => !(resident in sheet.struck)).map(([field, value]) =>
        changed({ change: 'field', resident, field, base_version: versions(resident)[field] ?? 0, value }))),
  ]
}

/** Only what was said: an empty field is not a fact. */
export function said(person: Person): Person {
  return Object.fromEntries(Object.entries(person).filter(([, value]) => value !== undefined && value !== '')) as unknown as Person
}

/** The household as it will be once the register has heard of the visit. */
export function residentsAfter(residents: readonly FeedResident[], sheet: Sheet, mask: (phone: string) => string): FeedResident[] {
  const stayed = residents.map((resident) => {
    if (resident.id in sheet.struck) return { ...resident, status: 'struck' }
    const { phone, ...edits } = sheet.edits[resident.id] ?? {}
    return { ...resident, ...edits, ...(phone === undefined ? {} : { phone_masked: mask(phone) }) }
  })
  return [...stayed, ...sheet.added.map(({ id, person }) => asResident(id, person, mask))]
}

export function asResident(id: Uuid, person: Person, mask: (phone: string) => string): FeedResident {
  return {
    id, name: person.name, sex: person.sex ?? null, born_year: person.born_on ? Number(person.born_on.slice(0, 4)) : null,
    relation: person.relation ?? null, residence_kind: person.residence_kind ?? null, phone_masked: person.phone ? mask(person.phone) : null,
    id_masked: null, status: 'present', versions: {},
  }
}
