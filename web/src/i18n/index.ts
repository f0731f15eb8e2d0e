import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en, type LaterTexts } from './en'
import { pseudo } from './pseudo'

/** Languages the screen speaks. en-XA is English made longer and accented: what stays plain was never translated. */
export const languages = ['en', 'en-XA'] as const
export type Language = (typeof languages)[number]

/** All texts that are here by now. */
let texts: object = en

/** Starts translation in the language chosen. */
export function startTranslation(language: Language): void {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: {
      en: { translation: texts },
      ...(language === 'en-XA' ? { 'en-XA': { translation: pseudo(texts) } } : {}),
    },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  document.documentElement.lang = language
}

/** Changes the language of the whole screen. */
export function speak(language: Language): void {
  if (language === 'en-XA' && !i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', pseudo(texts))
  }
  void i18next.changeLanguage(language)
  document.documentElement.lang = language
}

/** Adds the texts of pages that come in a chunk of their own; such a page imports the file that calls this. */
export function addTexts(more: Partial<LaterTexts>): void {
  texts = { ...texts, ...more }
  if (!i18next.isInitialized) return
  i18next.addResourceBundle('en', 'translation', more, true)
  if (i18next.hasResourceBundle('en-XA', 'translation')) {
    i18next.addResourceBundle('en-XA', 'translation', pseudo(more), true)
  }
}
