/** The desk's words, once for all screens and for code outside of components. */
import { makeI18n, type Sentences } from '@/i18n'
import type { Say } from '@/shared/moments'
import en from './locale/en.json'
import zhHans from './locale/zh-Hans.json'

export const i18n = makeI18n({ 'zh-Hans': zhHans as Sentences, en: en as Sentences })

export const say: Say = (key, values = {}) => i18n.global.t(key, values)

/** The same in the words of what a campaign goes to: 户, 处, 栋. A sentence that speaks of homes has two others beside it. */
export function sayOf(of: string | null | undefined): Say {
  return (key, values = {}) => say(of && of !== 'households' && i18n.global.te(`${key}_${of}`, 'zh-Hans') ? `${key}_${of}` : key, values)
}

/** The key of those words, for a column. */
export const wordsOf = (key: string, of: string | null | undefined): string => (of && of !== 'households' ? `${key}_${of}` : key)

/** 没人在, or 没开门: how a visit ended. */
export const outcomeWord = (outcome: string | null | undefined, of: string | null | undefined): string => (outcome ? sayOf(of)(`outcome.${outcome}`) : '—')

/** A word for a code that the server may extend before we know it: the code itself rather than nothing. */
export function wordFor(group: string, code: string | null | undefined): string {
  if (!code) return '—'
  const key = `${group}.${code}`
  return i18n.global.te(key) || i18n.global.te(key, 'zh-Hans') ? say(key) : code
}

/** {zh, en} as it travels. */
export function inWords(words: { zh: string; en: string } | string | null | undefined): string {
  if (!words) return '—'
  if (typeof words === 'string') return words
  return i18n.global.locale.value === 'en' ? words.en || words.zh : words.zh
}
