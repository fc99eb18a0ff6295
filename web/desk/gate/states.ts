import type { CredentialRow, KeyRow, OrderRow, ShiftRow } from '@/api/desk'
import type { Tone } from '../kit/StateWord.vue'

const ORDER_TONES: Record<OrderRow['state'], Tone> = { proposed: 'attention', lapsed: 'quiet', declined: 'quiet', signed: 'attention', live: 'primary', suspended: 'ask', ended: 'quiet' }
export const ORDER_STATES = Object.keys(ORDER_TONES) as OrderRow['state'][]
/** A drill never looks like the real thing. */
export const toneOfOrder = (row: OrderRow): Tone => (row.drill && row.state === 'live' ? 'ask' : ORDER_TONES[row.state])

export const CREDENTIAL_TONES: Record<CredentialRow['state'], Tone> = { good: 'good', ended: 'quiet', revoked: 'stop' }
export const KEY_TONES: Record<KeyRow['state'], Tone> = { coming: 'ask', signing: 'good', believed: 'primary', past: 'quiet', withdrawn: 'stop' }
export const SHIFT_TONES: Record<ShiftRow['state'], Tone> = { planned: 'quiet', dropped: 'quiet', missed: 'attention', on: 'good', off: 'quiet' }

/** 019a…3f2c → 3f2c: enough to tell papers apart when one is read out. */
export const shortNumber = (id: string): string => id.replaceAll('-', '').slice(-12)
/** 2021-12-10T08:00 of the district, as a date field and a time field say it. */
export const instantOf = (date: string, time: string): string => `${date}T${time}:00+08:00`
