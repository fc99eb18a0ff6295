/** The words of what is counted: 户 of homes, 处 of places, 栋 of buildings. A sentence that speaks of homes has two others beside it. */
import { useI18n } from 'vue-i18n'
import type { TargetKind } from '@/api/types'
import { useStore } from './store'

export type Counted = (key: string, values?: Record<string, unknown>) => string

/** In the words of a kind, else of the chosen campaign's. */
export function useCounted(of?: () => TargetKind | undefined): Counted {
  const { t, te } = useI18n()
  const store = useStore()
  return (key, values = {}) => {
    const kind = of ? of() : store.campaign.value?.of
    return kind && kind !== 'households' && te(`${key}_${kind}`) ? t(`${key}_${kind}`, values) : t(key, values)
  }
}
