/** What a place may be, in the order in which an office counts them. */
export const KINDS = ['shop', 'market', 'restaurant', 'school', 'clinic', 'enterprise', 'site', 'gate', 'lodging', 'venue', 'other'] as const
