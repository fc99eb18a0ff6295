/** How a row of a decision table is read aloud. */
import type { PolicyInput, PolicyLine } from '@/api/desk'
import { inWords, say } from '../words'

type Cell = PolicyLine['when'][string][number]

const titled = (inputs: readonly PolicyInput[], name: string) => inputs.find((one) => one.name === name)

/** ≥ 48, < 72 hours … in words. */
function bounds(cell: Exclude<Cell, string>, unit: string): string {
  const parts = [
    cell.at_least !== null && say('gate.at_least', { n: cell.at_least }), cell.above !== null && say('gate.above', { n: cell.above }),
    cell.at_most !== null && say('gate.at_most', { n: cell.at_most }), cell.below !== null && say('gate.below', { n: cell.below }),
  ].filter(Boolean)
  return `${parts.join(say('gate.and'))}${unit}`
}

export function cellWords(input: PolicyInput | undefined, cell: Cell): string {
  if (cell === 'unknown') return say('gate.unknown')
  if (cell === 'not_yet') return say('gate.not_yet')
  if (typeof cell === 'string') return input?.kind === 'one_of' ? inWords(input.values[cell]) : cell
  return bounds(cell, input?.kind === 'hours_since' ? say('gate.hours') : input?.kind === 'number' ? inWords(input.unit) : '')
}

/** 码：绿码 · 上次采样：不到 48 小时 */
export function whenOf(inputs: readonly PolicyInput[], row: PolicyLine): { title: string; values: string }[] {
  return Object.entries(row.when).map(([name, cells]) => {
    const input = titled(inputs, name)
    return { title: input ? inWords(input.title) : name, values: cells.map((cell) => cellWords(input, cell)).join(say('gate.or')) }
  })
}

/** Why, as it stands in the table: {sampled} is filled in only when it decides about somebody. */
export const becauseOf = (row: PolicyLine): string => inWords(row.because).replace(/\{\w+\}/g, '…')
