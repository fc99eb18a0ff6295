/** How things stand, for every page: the overview of the chosen area and campaign, and the incidents in force. Read once, by the shell. */
import { inject, provide, type InjectionKey } from 'vue'
import type { Page } from '@/api/types'
import type { IncidentRow, Overview } from '@/api/desk'
import { textOf, useAddress } from './address'
import { turnOf } from './changes'
import { useLive } from './live'
import { get } from './server'
import { may } from './session'

function readStanding() {
  const { route, area } = useAddress()
  const overview = useLive<Overview>(
    (signal) => get('/overview', { campaign: textOf(route.query.campaign), area: area.value, occasion: textOf(route.query.occasion) }, signal),
    () => [textOf(route.query.campaign), area.value, textOf(route.query.occasion), turnOf('overview')],
    true, () => may('desk.overview'),
  )
  const incidents = useLive<Page<IncidentRow>>((signal) => get('/incidents', { state: 'open' }, signal), () => turnOf('incidents'), false, () => may('posture.see'))
  return { overview, incidents }
}

export type Standing = ReturnType<typeof readStanding>
const KEY: InjectionKey<Standing> = Symbol('standing')

export function provideStanding(): Standing {
  const standing = readStanding()
  provide(KEY, standing)
  return standing
}

export function useStanding(): Standing {
  const standing = inject(KEY)
  if (!standing) throw new Error('useStanding stands inside the shell')
  return standing
}
