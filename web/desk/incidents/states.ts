import type { IncidentRow } from '@/api/desk'
import type { Tone } from '../kit/StateWord.vue'

export const INCIDENT_TONES: Record<IncidentRow['state'], Tone> = { planned: 'ask', open: 'stop', ended: 'quiet', closed: 'quiet', forgotten: 'quiet' }

/** A drill never looks like the real thing. */
export const toneOf = (row: IncidentRow): Tone => (row.drill && row.state === 'open' ? 'ask' : INCIDENT_TONES[row.state])
