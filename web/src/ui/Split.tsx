import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import css from './Split.module.css'
import { useShortcuts } from './shortcuts'
import { atLeast, useWidth } from './useWidth'

const SideDrawer = lazy(async () => ({ default: (await import('./SideDrawer')).SideDrawer }))

interface SplitProps {
  /** The list that stays. */
  children: ReactNode
  /** What is looked at beside it; null when nothing is. */
  side: { title: string; label: string; content: ReactNode } | null
  onClose: () => void
}

/** A list with a panel beside it; on a narrow window the panel is a drawer over it. */
export function Split({ children, side, onClose }: SplitProps) {
  const { t } = useTranslation()
  const wide = atLeast(useWidth(), 'lg')
  useShortcuts(side ? { Escape: onClose } : {})
  return (
    <div className={css.split}>
      {children}
      {wide && side ? (
        <aside className={css.side} aria-label={side.label}>
          <div className={css.head}>
            <h2 className={css.title}>{side.title}</h2>
            <ActionIcon onClick={onClose} aria-label={t('common.actions.close')}>
              <IconX size={16} />
            </ActionIcon>
          </div>
          <div className={css.body}>{side.content}</div>
        </aside>
      ) : null}
      <Suspense>
        {!wide && side ? <SideDrawer title={side.title} content={side.content} onClose={onClose} /> : null}
      </Suspense>
    </div>
  )
}
