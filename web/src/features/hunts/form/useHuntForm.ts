import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HuntBody } from '../../../api/models'
import { Problem } from '../../../api/problem'
import { askOf, type HuntDraft, lacking } from './draft'

/** What the server said about one field of the body, or about a part of it. */
export function problemAt(error: unknown, field: string): string | undefined {
  if (!(error instanceof Problem)) return undefined
  const parts = [field, `hunt.${field}`]
  return error.fields.find(({ location }) => {
    const path = location.replace(/^body\./, '')
    return parts.some((part) => path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`))
  })?.message
}

/** A form of a hunt: what stands in it, what it asks for once the typing rests, and what is wrong with it. */
export function useHuntForm(first: () => HuntDraft, error: unknown) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(first)
  const [tried, setTried] = useState(false)
  const [settled] = useDebouncedValue(draft, 400)
  const missing = lacking(draft)
  const own: Record<string, string | undefined> = tried
    ? {
        artifacts: missing.artifacts && t('hunts.form.artifactRequired'),
        host_ids: missing.hosts && t('hunts.form.hostRequired'),
      }
    : {}
  return {
    draft,
    change: (change: Partial<HuntDraft>) => setDraft((before) => ({ ...before, ...change })),
    errorOf: (field: string) => own[field] ?? problemAt(error, field),
    /** What to estimate; null while it makes no hunt. */
    rested: Object.keys(lacking(settled)).length > 0 ? null : askOf(settled),
    /** What to send, or null with the reasons shown. */
    submit: (): HuntBody | null => {
      setTried(true)
      return Object.keys(missing).length > 0 ? null : askOf(draft)
    },
  }
}
