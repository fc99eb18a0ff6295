/** What of a person can be shown, revealed and edited. */
export const RESIDENCE_KINDS = ['registered', 'away', 'usual', 'migrant', 'returnee', 'visitor'] as const
export const RELATIONS = ['head', 'spouse', 'child', 'child_in_law', 'grandchild', 'parent', 'grandparent', 'sibling', 'relative', 'tenant', 'flatmate', 'carer', 'other'] as const
export const SEXES = ['male', 'female'] as const

/** Masked on the desk until somebody gives a reason. */
export const REVEALED = ['name', 'phone', 'id_number'] as const
export type Revealed = (typeof REVEALED)[number]

export const EDITED: { field: string; words: string; options?: { group: string; values: readonly string[] }; type?: string }[] = [
  { field: 'name', words: 'col.person' },
  { field: 'sex', words: 'col.sex', options: { group: 'sex', values: SEXES } },
  { field: 'born_on', words: 'col.born_on', type: 'date' },
  { field: 'relation', words: 'col.relation', options: { group: 'relation', values: RELATIONS } },
  { field: 'residence_kind', words: 'col.residence_kind', options: { group: 'residence_kind', values: RESIDENCE_KINDS } },
  { field: 'phone', words: 'col.phone', type: 'tel' },
  { field: 'id_number', words: 'col.id_number' },
]

/** What an edit said: a code as a word where the field has words, else as it was written (masked by the server). */
export function editWords(edit: { field: string; value: string | null }, wordFor: (group: string, code: string | null) => string): string {
  if (!edit.value) return ''
  if (['sex', 'relation', 'residence_kind', 'document_kind'].includes(edit.field)) return wordFor(edit.field, edit.value)
  return edit.field === 'status' ? wordFor('resident_status', edit.value) : edit.value
}

/** A value stands in clear so long, then hides again by itself. */
export const SHOWN_FOR_MS = 60_000
