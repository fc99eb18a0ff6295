/** Both languages say the same things with the same blanks, every key that a screen asks for exists, and none lies about unused. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const web = join(import.meta.dirname, '..')

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    if (name === 'node_modules' || name.startsWith('.')) return []
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
}

const all = files(web)
const chinese = all.filter((path) => path.endsWith('zh-Hans.json'))
const read = (path: string): Record<string, string> => JSON.parse(readFileSync(path, 'utf8'))
const blanks = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

describe.each(chinese.map((path) => [relative(web, path), path]))('%s', (_name, path) => {
  const zh = read(path)
  const en = read(path.replace('zh-Hans.json', 'en.json'))

  test('has the same keys in English', () => expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort()))

  test('has the same blanks everywhere, and nothing empty', () => {
    const wanted = (sentence: string | undefined) => [...new Set(blanks(sentence ?? ''))].join()
    expect(Object.keys(zh).filter((key) => !zh[key] || !en[key] || wanted(zh[key]) !== wanted(en[key]))).toEqual([])
  })
})

const sources = all.filter((path) => /\.(ts|vue)$/.test(path) && !path.includes('.test.')).map((path) => [path, readFileSync(path, 'utf8')] as const)
const known = new Set(chinese.flatMap((path) => Object.keys(read(path))))
const asked = sources.flatMap(([path, text]) => [...text.matchAll(/\b(?:t|say|words)\(\s*'([\w.]+)'/g)].map((m) => [relative(web, path), m[1]!] as const))

test('the screens ask for words at all', () => expect(asked.length).toBeGreaterThan(0))

test('every sentence asked for exists', () => {
  expect(asked.filter(([, key]) => !known.has(key))).toEqual([])
})

// t(`door.${state}`): some key begins so and ends so
const askedByPart = sources.flatMap(([path, text]) => [...text.matchAll(/\b(?:t|say)\(\s*`([^`]+)`/g)].map((m) => [relative(web, path), m[1]!] as const))

test('every family of sentences asked for exists', () => {
  const pattern = (part: string) => new RegExp(`^${part.split(/\$\{.*?\}(?=[^}]|$)/).map((fixed) => fixed.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`)
  expect(askedByPart.length).toBeGreaterThan(0)
  expect(askedByPart.filter(([, part]) => ![...known].some((key) => pattern(part).test(key)))).toEqual([])
})

test('no Chinese sentence stands in the code instead of the locale files', () => {
  const outside = sources.filter(([path]) => !path.includes('/tests/')).flatMap(([path, text]) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|^\s*\/\/.*$|\s\/\/ .*$/gm, '')
    return /[\u4e00-\u9fff]/.test(code) ? [relative(web, path)] : []
  })
  expect(outside.filter((path) => path !== 'vite.config.ts')).toEqual([])
})
