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

/** What a column may be for, in the order in which people think of it. */
export const TARGETS = ['name', 'id_number', 'phone', 'address', 'community', 'grid', 'building', 'entrance', 'room', 'relation', 'sex', 'born_on', 'document_kind', 'residence_kind'] as const
export type Target = (typeof TARGETS)[number]

/** How sure a suggestion is, as a state with a word of its own. */
export function sureness(sure: number): { tone: Tone; word: 'likely' | 'maybe' | 'look' } {
  if (sure >= 75) return { tone: 'good', word: 'likely' }
  return sure >= 50 ? { tone: 'primary', word: 'maybe' } : { tone: 'attention', word: 'look' }
}
