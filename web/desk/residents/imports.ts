import type { ImportAnswer } from '@/api/desk'
import type { Tone } from '../kit/StateWord.vue'

export const IMPORT_TONES: Record<ImportAnswer['state'], Tone> = {
  choosing: 'attention', reading: 'ask', publishing: 'ask', undoing: 'ask', ready: 'primary', published: 'good', undone: 'quiet', failed: 'stop', dropped: 'quiet',
}

export const STEPS = ['upload', 'columns', 'check', 'preview', 'publish'] as const

/** Which of the steps a roster has reached. */
export function stepOf(state: ImportAnswer['state']): number {
  return { choosing: 1, reading: 2, failed: 2, dropped: 2, ready: 3, publishing: 4, undoing: 4, published: 5, undone: 5 }[state]
}

/** What a file may be about. */
export const ABOUT = ['people', 'areas', 'organisations', 'places'] as const
/** Each kind of list asks for the right to change what it is about. */
export const MAY_BRING: Record<(typeof ABOUT)[number], string> = { people: 'registry.import', places: 'registry.import', areas: 'territory.load', organisations: 'territory.load' }
export type About = ImportAnswer['about']

/** What a column may be for, in the order in which people think of it; of these the server names those that a file may hold. */
const TARGETS = ['name', 'called', 'kind', 'id_number', 'phone', 'address', 'sector', 'community', 'estate', 'grid', 'building', 'entrance', 'room', 'relation', 'sex', 'born_on', 'document_kind', 'residence_kind', 'parent', 'code', 'estate_kind', 'gates', 'no_property_company', 'walk'] as const
export type Target = (typeof TARGETS)[number]
export const inOrder = (targets: readonly Target[]): Target[] => TARGETS.filter((target) => targets.includes(target))

/** How sure a suggestion is, as a state with a word of its own. */
export function sureness(sure: number): { tone: Tone; word: 'likely' | 'maybe' | 'look' } {
  if (sure >= 75) return { tone: 'good', word: 'likely' }
  return sure >= 50 ? { tone: 'primary', word: 'maybe' } : { tone: 'attention', word: 'look' }
}
