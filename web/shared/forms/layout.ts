/** How a form is laid out: questions in their order, under the headings of their sections. One plan for phone and desk. Pure. */
import type { Form, Question, Section } from '@/api/types'

export interface Block {
  key: string
  /** The section whose heading stands above, if it has one. */
  heading: Section | null
  /** Is it answered as often as there is something to say? */
  repeat: Section | null
  questions: Question[]
}

export function layoutOf(form: Pick<Form, 'questions' | 'sections'>): Block[] {
  const sections = new Map((form.sections ?? []).map((one) => [one.code, one]))
  const repeatOf = (question: Question): Section | null => {
    for (let at = sections.get(question.section ?? ''); at; at = sections.get(at.within ?? '')) if (at.repeats) return at
    return null
  }
  const blocks: Block[] = []
  for (const question of form.questions) {
    if (question.type === 'calculate') continue
    const repeat = repeatOf(question)
    const heading = repeat ?? sections.get(question.section ?? '') ?? null
    const last = blocks.at(-1)
    if (last && last.heading === heading) last.questions.push(question)
    else blocks.push({ key: `${blocks.length} ${heading?.code ?? ''}`, heading, repeat, questions: [question] })
  }
  return blocks
}

/** Does somebody answer it? */
export const isAsked = (question: Question): boolean => question.type !== 'note' && question.type !== 'calculate'
