/** Reads tokens.css itself: a colour changed there is judged here. WCAG 2.2, 1.4.3 and 1.4.11. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('../ui/tokens.css', import.meta.url), 'utf8')

function block(selector: string): string {
  const start = css.indexOf(`${selector} {`)
  expect(start, selector).toBeGreaterThanOrEqual(0)
  return css.slice(start, css.indexOf('}', start))
}

function colours(selector: string): Record<string, string> {
  return Object.fromEntries([...block(selector).matchAll(/--lf-([\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1]!, m[2]!]))
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light! + 0.05) / (dark! + 0.05)
}

const STATES = ['primary', 'good', 'attention', 'stop', 'ask']

const TEXT_PAIRS = [
  ...['ink', 'muted', ...STATES].flatMap((text) => ['surface', 'card'].map((ground) => [text, ground])),
  ...STATES.map((state) => [state, `${state}-soft`]),
  ...STATES.map((state) => ['ink', `${state}-soft`]),
  ...STATES.map((state) => ['muted', `${state}-soft`]),
  ...STATES.map((state) => [state, 'primary-soft']), // a state word in the row that is open
  ['on-primary', 'primary'],
  ...STATES.slice(1).map((state) => ['on-state', state]),
] as [string, string][]

describe.each([':root', "[data-theme='wall']"])('in %s', (selector) => {
  const token = colours(selector)

  test.each(TEXT_PAIRS)('%s on %s can be read', (text, ground) => {
    expect(contrast(token[text]!, token[ground]!)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['surface', 'card'])('the edge of a control is seen on %s', (ground) => {
    expect(contrast(token['edge']!, token[ground]!)).toBeGreaterThanOrEqual(3)
  })
})

test('in large type nothing is smaller than 18 px and nothing to press smaller than 60 px', () => {
  const large = block("[data-type='large']")
  const sizes = [...large.matchAll(/--lf-(?:text[\w-]*|title|figure):\s*(\d+)px/g)].map((m) => Number(m[1]))
  expect(sizes).toHaveLength(5)
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(18)
  expect(large).toMatch(/--lf-target:\s*60px/)
})
