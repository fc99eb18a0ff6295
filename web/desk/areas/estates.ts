/** What is known of an area beside where it stands, as it is typed; and what of that is to be changed. Pure. */
import type { AreaRow, EstateKind } from '@/api/desk'

export const ESTATE_KINDS: readonly EstateKind[] = ['modern', 'old', 'open_street', 'self_built', 'mixed_use']

export interface Described {
  name: string
  code: string
  estate_kind: string
  gates: string
  no_property_company: boolean
}

/** Only what differs: the rest stays as somebody else may just have made it. */
export function toChange(now: Pick<AreaRow, 'name' | 'code' | 'estate_kind' | 'gates' | 'no_property_company'>, typed: Described): Record<string, unknown> {
  const wanted: Record<string, unknown> = {
    name: typed.name.trim(),
    code: typed.code.trim() || null,
    estate_kind: typed.estate_kind || null,
    gates: typed.gates.trim() === '' ? null : Number(typed.gates),
    no_property_company: typed.no_property_company,
  }
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => value !== (now as Record<string, unknown>)[key]))
}
