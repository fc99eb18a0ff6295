import type { ImportAnswer } from '@/api/desk'
import type { Tone } from '../kit/StateWord.vue'

export const IMPORT_TONES: Record<ImportAnswer['state'], Tone> = {
  reading: 'ask', publishing: 'ask', undoing: 'ask', ready: 'primary', published: 'good', undone: 'quiet', failed: 'stop', dropped: 'quiet',
}

export const STEPS = ['upload', 'check', 'preview', 'publish'] as const

/** Which of the four steps a roster has reached. */
export function stepOf(state: ImportAnswer['state']): number {
  return { reading: 1, failed: 1, dropped: 1, ready: 2, publishing: 3, undoing: 3, published: 4, undone: 4 }[state]
}
