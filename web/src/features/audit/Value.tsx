import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './Diff.module.css'

/** Longer values are cut until somebody asks for all of them. */
const long = 320

interface ValueProps {
  value: unknown
  /** The other side, so that a list can show what it alone has. */
  other?: unknown
}

/** One value of a row, readable whatever it is. */
export function Value({ value, other }: ValueProps) {
  const { t } = useTranslation()
  if (value === null || value === undefined) return <span className={css.void}>{t('audit.line.none')}</span>
  if (value === '' || (Array.isArray(value) && value.length === 0)) {
    return <span className={css.void}>{t('audit.line.empty')}</span>
  }
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)) {
    return <Items items={value} others={Array.isArray(other) ? other : null} />
  }
  if (typeof value === 'object') return <Long text={JSON.stringify(value, null, 2)} />
  return <Long text={String(value)} />
}

function Items({ items, others }: { items: unknown[]; others: unknown[] | null }) {
  return (
    <span className={css.items}>
      {items.map((item, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: the same value may be there twice
          key={index}
          className={css.item}
          data-alone={(others !== null && !others.includes(item)) || undefined}
        >
          {String(item)}
        </span>
      ))}
    </span>
  )
}

function Long({ text }: { text: string }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const cut = text.length > long
  return (
    <span className={css.value}>
      {cut && !all ? `${text.slice(0, long)}…` : text}
      {cut ? (
        <Button variant="subtle" size="compact-xs" display="block" mt={4} onClick={() => setAll(!all)}>
          {all ? t('audit.line.less') : t('audit.line.all', { count: text.length })}
        </Button>
      ) : null}
    </span>
  )
}
