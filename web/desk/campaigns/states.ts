import type { CampaignRow } from '@/api/desk'
import type { Tone } from '../kit/StateWord.vue'

export const CAMPAIGN_TONES: Record<CampaignRow['state'], Tone> = { planned: 'ask', running: 'primary', over: 'quiet', closed: 'quiet' }
