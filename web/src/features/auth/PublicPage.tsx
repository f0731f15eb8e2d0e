import { useDocumentTitle } from '@mantine/hooks'
import { IconShieldSearch } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './PublicPage.module.css'

interface PublicPageProps {
  /** What the tab says besides the product's name. */
  title?: string
  /** Wider, for what needs more than one column of fields. */
  wide?: boolean
  children: ReactNode
}

/** A page for somebody who is not signed in (yet): the product's name over one card. */
export function PublicPage({ title, wide, children }: PublicPageProps) {
  const { t } = useTranslation()
  useDocumentTitle(title ? `${title} · ${t('shell.product')}` : t('shell.product'))
  return (
    <main className={css.page}>
      <div className={wide ? `${css.box} ${css.wide}` : css.box}>
        <div className={css.brand}>
          <IconShieldSearch size={40} stroke={1.5} aria-hidden />
          <span className={css.name}>{t('shell.product')}</span>
          <span className={css.tagline}>{t('auth.tagline')}</span>
        </div>
        <div className={css.card}>{children}</div>
      </div>
    </main>
  )
}

interface CardHeadProps {
  title: string
  hint?: ReactNode
}

/** The heading of the card and what it is about. */
export function CardHead({ title, hint }: CardHeadProps) {
  return (
    <div>
      <h1 className={css.title}>{title}</h1>
      {hint ? <p className={css.hint}>{hint}</p> : null}
    </div>
  )
}
