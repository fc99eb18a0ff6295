/** How a door's state looks: shape, tone and word together. */
import type { Shape } from './parts/Icon.vue'
import type { Door } from './work'

export function doorState(door: Pick<Door, 'state' | 'outcome' | 'appointment'>): { icon: Shape; tone: string; words: string } {
  if (door.state === 'done') return { icon: 'check', tone: 'good', words: 'door.done' }
  if (door.state === 'struck') return { icon: 'dash', tone: 'muted', words: door.outcome === 'vacant' ? 'door.vacant' : 'door.moved_away' }
  if (door.state === 'untouched') return { icon: 'empty', tone: 'muted', words: 'door.untouched' }
  if (door.appointment) return { icon: 'clock', tone: 'ask', words: 'door.promised' }
  const words = { refused: 'door.refused', elsewhere: 'door.elsewhere' }[door.outcome as string] ?? 'door.nobody_home'
  return { icon: 'half', tone: 'attention', words }
}
