/** The four steps of a scale: each with a shape of its own, so that colour never speaks alone. */
export type Level = 'calm' | 'watch' | 'act' | 'urgent'
export const SIGN_OF_LEVEL: Record<Level, string> = { calm: '✓', watch: '◇', act: '▲', urgent: '⬣' }
