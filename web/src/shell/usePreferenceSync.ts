import { useEffect } from 'react'
import { useMe } from '../app/me'
import { getPreferences, hasOwnPreferences, onPreferences, setPreferences } from '../app/preferences'
import { languages, speak } from '../i18n'
import { saveMe } from '../resources/auth'

const settleAfter = 1_000

/** A browser without choices of its own takes the account's; what is chosen here becomes the account's. */
export function usePreferenceSync(): void {
  const me = useMe()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each person who signs in
  useEffect(() => {
    if (!hasOwnPreferences()) {
      const language = languages.find((known) => known === me.language) ?? getPreferences().language
      setPreferences({
        theme: me.theme ?? 'auto',
        density: me.density === 'comfortable' ? 'comfortable' : 'compact',
        timeZone: me.timezone || 'local',
        language,
      })
      speak(language)
    }
    let timer: number | undefined
    const stop = onPreferences(() => {
      window.clearTimeout(timer)
      timer = window.setTimeout(save, settleAfter)
    })
    return () => {
      stop()
      window.clearTimeout(timer)
    }
  }, [me.id])
}

/** Best effort: the choice holds in this browser whatever the server says. */
function save(): void {
  const { theme, density, timeZone, language } = getPreferences()
  const timezone = timeZone === 'local' ? {} : { timezone: timeZone }
  saveMe({ theme, density, language, ...timezone }).catch(() => undefined)
}
