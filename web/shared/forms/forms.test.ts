import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Form } from '@/api/types'
import { evaluate, type Got, type Tree, type World } from './expressions'
import { fillingOf, type Answers } from './filling'

interface Case {
  source: string
  tree: Tree
  answers: Record<string, unknown>
  is: Got
}
interface FillingCase {
  says: string
  form: Form | null
  answers: Answers
  result: Answers
  wrong: [string, number | null, string][]
}

const VECTORS = JSON.parse(readFileSync(new URL('../../../src/lianfang/ground/forms/vectors.json', import.meta.url), 'utf-8')) as { written: Case[]; drawn: Case[]; fillings: FillingCase[] }
const TODAY = '2021-12-10'

function worldOf(answers: Record<string, unknown>): World {
  const rows = (repeat: string) => (Array.isArray(answers[repeat]) ? (answers[repeat] as unknown[]) : []).filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null)
  return { answer: (code) => answers[code], rows: (repeat) => rows(repeat).map((row) => (code: string) => row[code]), today: TODAY }
}

describe('an expression amounts to what the server says', () => {
  test.each(VECTORS.written)('$source on $answers', ({ tree, answers, is }) => {
    expect(evaluate(tree, worldOf(answers))).toEqual(is)
  })
  test('and so does every one that was drawn', () => {
    const ours = VECTORS.drawn.map(({ source, tree, answers }) => [source, evaluate(tree, worldOf(answers))])
    expect(ours).toEqual(VECTORS.drawn.map(({ source, is }) => [source, is]))
    expect(ours.length).toBeGreaterThanOrEqual(300)
  })
  test('an operation nobody heard of is missing, not a crash: an old phone, a newer server', () => {
    expect(evaluate(['conjure', ['is', 1]], worldOf({}))).toBeNull()
  })
})

describe('a filled form is what the server says', () => {
  const form = VECTORS.fillings[0]!.form!
  test.each(VECTORS.fillings)('$says', ({ answers, result, wrong }) => {
    const filling = fillingOf(form, answers, TODAY)
    expect(filling.result()).toEqual(result)
    expect(filling.wrong().map((one) => [one.code, one.row, one.what])).toEqual(wrong)
  })
})
