/** A visit while it is being written, and the records it becomes. Pure. */
import type { FeedCampaign, FeedResident, Form, MeantPeople, Outcome, Question, QuestionType, TaskOutcome, Uuid, Value } from '@/api/types'
import type { Fact } from '@/outbox/records'
import { fillingOf, type Filling } from '@/shared/forms/filling'

export const RELATIONS = ['head', 'spouse', 'child', 'child_in_law', 'grandchild', 'parent', 'grandparent', 'sibling', 'relative', 'tenant', 'flatmate', 'carer', 'other'] as const
export const RESIDENCE_KINDS = ['registered', 'away', 'usual', 'migrant', 'returnee', 'visitor'] as const
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

/** Is the campaign about this person? By the year of birth, which is all that a phone has: on the edge it says yes. */
export function isMeant(resident: FeedResident, meant: MeantPeople | null | undefined, alone: boolean, today: string): boolean {
  if (!meant || resident.born_year === null) return false
  const turns = Number(today.slice(0, 4)) - resident.born_year
  if (typeof meant.until_years === 'number') return turns <= meant.until_years + 1
  return [meant.from_years, alone ? meant.alone_from : null].some((years) => typeof years === 'number' && turns >= years)
}

/** How many people the visit covers: everybody answered for, at home or not. */
export function peopleCovered(residents: readonly FeedResident[] | null, sheet: Sheet): number {
  return residents === null ? (sheet.met ?? 0) + sheet.added.length : living(residents, sheet).length + sheet.added.length
}

/** The form as it stands with these answers: for the household, or for one person with what is different for her. */
export function fillingFor(form: Form, sheet: Sheet, today: string, person?: Uuid): Filling {
  const own = person === undefined ? someSaidYes(form, sheet) : (sheet.exceptions[person] ?? {})
  return fillingOf(form, { ...sheet.answers, ...own }, today)
}

/** What somebody in the household said yes to is yes for the questions that follow from it. */
function someSaidYes(form: Form, sheet: Sheet): Record<string, Value> {
  const asked = form.questions.filter((one) => one.per === 'person' && one.type === 'yes_no').map((one) => one.code)
  const said = Object.values(sheet.exceptions)
  return Object.fromEntries(asked.filter((code) => said.some((answers) => answers[code] === true)).map((code) => [code, true]))
}

/** What counts of the answers: what is shown, and what follows from it. */
export function answersOf(form: Form, sheet: Sheet, today: string): Record<string, Value> {
  const result = fillingFor(form, sheet, today).result()
  const theirs = someSaidYes(form, sheet)
  for (const code of Object.keys(theirs)) {
    const said = sheet.answers[code]
    if (said === undefined) delete result[code]
    else if (code in result) result[code] = said
  }
  return result
}

/**
 * What is still to be asked or does not fit. A form that says what is required means that and no more; of any other,
 * everything but free text is asked for.
 */
export function unfinished(form: Form, filling: Filling): string[] {
  const wrong = filling.wrong().map((one) => (one.row === null ? one.code : (filling.repeatOf(form.questions.find((question) => question.code === one.code)!) ?? one.code)))
  if (form.questions.some((one) => one.required)) return wrong
  const open = form.questions.filter((one) => ASKED_FOR.has(one.type) && filling.repeatOf(one) === null && filling.visible(one.code) && filling.value(one.code) === null)
  return [...open.map((one) => one.code), ...wrong]
}
const ASKED_FOR: ReadonlySet<QuestionType> = new Set(['yes_no', 'choice', 'integer'])

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
  today: string
  freshId: () => Uuid
}): Fact[] {
  const { campaign, household, residents, sheet, ending, today, freshId } = options
  const isDone = ending.outcome === 'done'
  const known = new Set([...living(residents, sheet).map((resident) => resident.id), ...sheet.added.map((added) => added.id)])
  const visited: Fact = {
    id: sheet.visit,
    kind: 'screening.household_visited.v1',
    body: {
      task: taskOutcome(campaign, household, ending),
      present: isDone ? [...sheet.present.filter((id) => known.has(id)), ...sheet.added.map((added) => added.id)] : [],
      answers: isDone ? answersOf(campaign.form, sheet, today) : {},
      exceptions: isDone ? exceptionsOf(campaign.form, sheet, known, today) : [],
      people: isDone ? peopleCovered(residents, sheet) : 0,
    },
  }
  return [visited, ...changesOf(household, residents, sheet, freshId)]
}

function exceptionsOf(form: Form, sheet: Sheet, known: ReadonlySet<Uuid>, today: string): { resident: Uuid; answers: Record<string, Value> }[] {
  return Object.entries(sheet.exceptions)
    .map(([resident, answers]) => ({ resident, answers: shownOf(answers, fillingFor(form, sheet, today, resident)) }))
    .filter(({ resident, answers }) => known.has(resident) && Object.keys(answers).length > 0)
}

function shownOf(answers: Record<string, Value>, filling: Filling): Record<string, Value> {
  return Object.fromEntries(Object.entries(answers).filter(([code]) => filling.value(code) !== null))
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
