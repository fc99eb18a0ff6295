/** A form while it is filled in: what is shown, what follows, what is wrong. The server computes the same. Pure. */
import type { Form, Question, Row, Section, Value } from '@/api/types'
import { evaluate, got, type World } from './expressions'

/** Which repeat, and which of its rows. */
export type Place = { repeat: string; n: number } | null
export type Answers = Record<string, Value>

export interface Wrong {
  code: string
  row: number | null
  what: 'required' | 'constraint'
}

export function fillingOf(form: Pick<Form, 'questions' | 'sections'>, answers: Answers, today: string) {
  const questions = new Map(form.questions.map((one) => [one.code, one]))
  const sections = new Map((form.sections ?? []).map((one) => [one.code, one]))
  const seen = new Map<string, boolean>()
  const values = new Map<string, Value | null>()
  const key = (code: string, place: Place) => (place ? `${code} ${place.repeat} ${place.n}` : code)

  function visible(code: string, place: Place = null): boolean {
    const at = key(code, place)
    const known = seen.get(at)
    if (known !== undefined) return known
    seen.set(at, false) // should it run in a circle all the same
    const shown = isVisible(code, place)
    seen.set(at, shown)
    return shown
  }

  function isVisible(code: string, place: Place): boolean {
    const question = questions.get(code)
    const section = question ? undefined : sections.get(code)
    const around = question ? question.section : section?.within
    if (around && !visible(around, place?.repeat === around ? null : place)) return false
    const relevant = (question ?? section)?.relevant
    return !relevant || evaluate(relevant, world(place)) === true
  }

  function value(code: string, place: Place = null): Value | null {
    const question = questions.get(code)
    if (!question) return null
    const here = place && repeatOf(question) === place.repeat ? place : null
    const at = key(code, here)
    const known = values.get(at)
    if (known !== undefined) return known
    values.set(at, null)
    const found = valueOf(question, here)
    values.set(at, found)
    return found
  }

  function valueOf(question: Question, place: Place): Value | null {
    if (question.type === 'note' || !visible(question.code, place)) return null
    if (question.calculation) return evaluate(question.calculation, world(place))
    const said = (place ? rows(place.repeat)[place.n] : answers)?.[question.code]
    return got(said) === null ? null : (said as Value)
  }

  function repeatOf(item: Question): string | null {
    for (let code = item.section; code; code = sections.get(code)?.within) if (sections.get(code)?.repeats) return code
    return null
  }

  function rows(repeat: string): Row[] {
    const said = answers[repeat]
    if (!Array.isArray(said) || !visible(repeat)) return []
    return said.map((row) => (typeof row === 'object' && row !== null ? row : {}))
  }

  const world = (place: Place): World => ({
    answer: (code) => value(code, place),
    rows: (repeat) => rows(repeat).map((_, n) => (code: string) => value(code, { repeat, n })),
    today,
  })

  const placesOf = (question: Question): Place[] => {
    const repeat = repeatOf(question)
    return repeat === null ? [null] : rows(repeat).map((_, n) => ({ repeat, n }))
  }

  function wrongWith(question: Question, place: Place): Wrong | null {
    if (!visible(question.code, place)) return null
    const row = place ? place.n : null
    if (value(question.code, place) === null) {
      return question.required && evaluate(question.required, world(place)) === true ? { code: question.code, row, what: 'required' } : null
    }
    return question.constraint && evaluate(question.constraint, world(place)) === false ? { code: question.code, row, what: 'constraint' } : null
  }

  /** The answers that count: what is not shown has none; the rows of a repeat stand under its code. */
  function result(): Answers {
    const found: Answers = {}
    for (const question of form.questions) {
      const said = repeatOf(question) === null ? value(question.code) : null
      if (said !== null) found[question.code] = said
    }
    for (const section of form.sections ?? []) {
      const said = section.repeats ? rows(section.code).map((_, n) => rowOf(section, n)) : []
      if (said.length > 0) found[section.code] = said
    }
    return found
  }

  function rowOf(section: Section, n: number): Row {
    const inside = form.questions.filter((one) => repeatOf(one) === section.code)
    return Object.fromEntries(inside.map((one) => [one.code, value(one.code, { repeat: section.code, n })]).filter(([, said]) => said !== null)) as Row
  }

  return {
    visible, value, rows, result, repeatOf,
    wrong: (): Wrong[] => form.questions.flatMap((one) => placesOf(one).map((place) => wrongWith(one, place)).filter((found): found is Wrong => found !== null)),
  }
}

export type Filling = ReturnType<typeof fillingOf>
