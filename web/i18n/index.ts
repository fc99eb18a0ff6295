/** Words: zh-Hans is written first and is the default, English stands beside it. Flat files {code: sentence}. */
import { createI18n } from 'vue-i18n'
import en from './en.json'
import zhHans from './zh-Hans.json'

export const LANGUAGES = ['zh-Hans', 'en'] as const
export type Language = (typeof LANGUAGES)[number]
export type Sentences = Record<string, string>

const KEY = 'lianfang.language'

function chosen(): Language {
  const kept = globalThis.localStorage?.getItem(KEY)
  return kept === 'en' ? 'en' : 'zh-Hans'
}

/** The app's own words on top of the common ones. */
export function makeI18n(words: Record<Language, Sentences>) {
  const i18n = createI18n({
    legacy: false,
    locale: chosen(),
    fallbackLocale: 'zh-Hans',
    flatJson: true,
    missingWarn: import.meta.env.DEV,
    fallbackWarn: import.meta.env.DEV,
    messages: { 'zh-Hans': { ...zhHans, ...words['zh-Hans'] } as Sentences, en: { ...en, ...words.en } as Sentences },
  })
  tellDocument(chosen())
  return i18n
}

export function tellDocument(language: Language): void {
  if (typeof document !== 'undefined') document.documentElement.lang = language
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEY, language)
  tellDocument(language)
}

/** What the server should answer in. */
export function acceptLanguage(): Language {
  return chosen()
}
