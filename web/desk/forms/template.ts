import type { Say } from '@/shared/moments'

const COLUMNS = ['code', 'category', 'per', 'type', 'question', 'english', 'choices', 'default', 'fact'] as const
const EXAMPLES = ['need', 'fever', 'phone'] as const

/** A sheet to write questions in, with examples to write over. Excel knows by the mark at its head that it is UTF-8. */
export function formTemplate(say: Say): string {
  const head = COLUMNS.map((column) => say(`forms.column.${column}`))
  const rows = EXAMPLES.map((name) => say(`forms.example.${name}`).split(' ¦ '))
  return `\uFEFF${[head, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n')}\r\n`
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
