import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en'
import { pseudo } from './pseudo'

/** Languages the screen speaks. en-XA is English made longer and accented: what stays plain was never translated. */
export const languages = ['en', 'en-XA'] as const
export type Language = (typeof languages)[number]

/** Starts translation in the language chosen. */
export function startTranslation(language: Language): void {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en }, ...(language === 'en-XA' ? { 'en-XA': { translation: pseudo(en) } } : {}) },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  document.documentElement.lang = language
}

/** Changes the language of the whole screen. */
export function speak(language: Language): void {
  if (language === 'en-XA' && !i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', pseudo(en))
  }
  void i18next.changeLanguage(language)
  document.documentElement.lang = language
}
