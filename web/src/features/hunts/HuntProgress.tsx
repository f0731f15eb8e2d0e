import { Progress } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Hunt } from '../../api/models'
import { duration, useNow } from '../../ui/time'
import { type Part, partsOf, remaining } from './state'

const colors = {
  done: 'var(--vc-ok)',
  errors: 'var(--vc-failed)',
  running: 'var(--vc-running)',
  waiting: 'var(--vc-border-strong)',
} as const satisfies Record<Part['name'], string>

/** How far a hunt is: one bar of all its hosts, by what became of each. */
export function HuntBar({ hunt, size = 6 }: { hunt: Hunt; size?: number }) {
  const { t } = useTranslation()
  const { parts, all } = partsOf(hunt)
  return (
    <Progress.Root size={size} aria-label={t('hunts.progress.of', { name: hunt.description })}>
      {all === 0 ? (
        <Progress.Section value={0} aria-label={t('hunts.progress.none')} />
      ) : (
        parts.map(({ name, count, share }) => (
          <Progress.Section
            key={name}
            value={share}
            color={colors[name]}
            aria-label={t(`hunts.progress.${name}`, { count })}
          />
        ))
      )}
    </Progress.Root>
  )
}

/** The bar with its counts in words. */
export function HuntProgress({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  const now = useNow()
  const { parts, all } = partsOf(hunt)
  const left = remaining(hunt, now)
  const words = [
    all === 0 ? t('hunts.progress.none') : t('hunts.progress.answered', { count: hunt.finished, all }),
    ...parts.map(({ name, count }) => t(`hunts.progress.${name}`, { count })),
    t('hunts.progress.rows', { count: hunt.rows }),
    ...(left === null ? [] : [t('hunts.progress.left', { duration: duration(left) })]),
  ]
  return (
    <>
      <HuntBar hunt={hunt} size={12} />
      <p role="status" style={{ margin: '8px 0 0', fontSize: 13 }}>
        {words.join(' · ')}
      </p>
    </>
  )
}
