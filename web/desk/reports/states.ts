import type { ReportRow } from '@/api/desk'
import type { Tone } from '../kit/StateWord.vue'

export const REPORT_TONES: Record<ReportRow['state'], Tone> = { draft: 'ask', signed: 'primary', issued: 'good', superseded: 'quiet' }
export const STATES: ReportRow['state'][] = ['draft', 'signed', 'issued', 'superseded']
export const FORMATS = ['docx', 'pdf', 'xlsx'] as const
