/** Two who may be one: what is set side by side, and in which words the reasons stand. */
import type { DuplicateView, ResidentRow } from '@/api/desk'

export const REASONS = [
  'number_same', 'number_slipped', 'number_near', 'number_other', 'number_two_lives',
  'name_same', 'name_sounds_same', 'name_part', 'name_close', 'name_not_yet', 'name_other',
  'born_same', 'born_slipped', 'born_same_year', 'born_weeks_apart', 'born_other',
  'sex_other', 'phone_same', 'phone_other', 'door_same', 'door_other', 'two_fit',
] as const
export const SURE = ['certain', 'likely', 'perhaps'] as const

const AGAINST = /_(other|two_lives|weeks_apart)$|^two_fit$/
/** Does it speak against their being one? */
export const isAgainst = (reason: string) => AGAINST.test(reason)

/** Rows of the comparison: the field, its word, what stands there, whether it can be shown in clear and chosen. */
export interface Compared {
  field: string
  words: string
  value: (row: ResidentRow) => string | null
  group?: string
  revealed?: boolean
}
export const COMPARED: Compared[] = [
  { field: 'name', words: 'col.person', value: (row) => row.name, revealed: true },
  { field: 'sex', words: 'col.sex', value: (row) => row.sex, group: 'sex' },
  { field: 'born_on', words: 'col.born', value: (row) => (row.born_year ? String(row.born_year) : null) },
  { field: 'document_kind', words: 'field.document_kind', value: (row) => row.document_kind, group: 'document_kind' },
  { field: 'id_number', words: 'col.id_number', value: (row) => row.id_masked, revealed: true },
  { field: 'phone', words: 'col.phone', value: (row) => row.phone_masked, revealed: true },
  { field: 'residence_kind', words: 'col.residence_kind', value: (row) => row.residence_kind, group: 'residence_kind' },
  { field: 'relation', words: 'col.relation', value: (row) => row.relation, group: 'relation' },
]

/** Who is kept stands on the left; the other one steps aside. */
export const sides = (pair: DuplicateView, exchanged: boolean): [ResidentRow, ResidentRow] => (exchanged ? [pair.other, pair.one] : [pair.one, pair.other])
