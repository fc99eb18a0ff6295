import type { CampaignRow } from '@/api/desk'
import type { Tone } from '../kit/StateWord.vue'

export const NEED_TONES: Record<string, Tone> = { danger: 'stop', help: 'ask', repair: 'primary' }
export const CAMPAIGN_TONES: Record<CampaignRow['state'], Tone> = { planned: 'ask', running: 'primary', over: 'quiet', closed: 'quiet' }
