import { useDocumentTitle } from '@mantine/hooks'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import css from './Page.module.css'

interface PageProps {
  title: string
  /** What the tab says, when the heading holds more than text. */
  heading?: ReactNode
  aside?: ReactNode
  actions?: ReactNode
  /** Exactly as high as the window, for pages whose content scrolls by itself. */
  fill?: boolean
  children: ReactNode
}

/** A page: its one heading, what can be done on it, and its content. */
export function Page({ title, heading, aside, actions, fill, children }: PageProps) {
  const { t } = useTranslation()
  useDocumentTitle(`${title} · ${t('shell.product')}`)
  return (
    <div className={fill ? `${css.page} ${css.fill}` : css.page}>
      <header className={css.header}>
        <div className={css.heading}>
          <h1 className={css.title}>{heading ?? title}</h1>
          {aside ? <span className={css.aside}>{aside}</span> : null}
        </div>
        {actions ? <div className={css.actions}>{actions}</div> : null}
      </header>
      {children}
    </div>
  )
}

interface PanelProps {
  title?: string
  actions?: ReactNode
  children: ReactNode
  className?: string
}

/** A framed part of a page. */
export function Panel({ title, actions, children, className }: PanelProps) {
  const id = useId()
  return (
    <section className={className ? `${css.panel} ${className}` : css.panel} aria-labelledby={title ? id : undefined}>
      {title ? (
        <div className={css.panelHeader}>
          <h2 className={css.panelTitle} id={id}>
            {title}
          </h2>
          {actions}
        </div>
      ) : null}
      <div className={css.panelBody}>{children}</div>
    </section>
  )
}

interface BesideProps {
  /** Narrow, before the content; or after it, where it stays in sight. */
  facts?: ReactNode
  summary?: ReactNode
  children: ReactNode
}

/** Content with something narrow beside it; under each other on a narrow window. */
export function Beside({ facts, summary, children }: BesideProps) {
  return (
    <div className={summary ? `${css.beside} ${css.asideLast}` : css.beside}>
      {facts}
      <div className={css.column}>{children}</div>
      {summary ? <div className={css.sticky}>{summary}</div> : null}
    </div>
  )
}

/** Names and values, two columns. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className={css.facts}>
      {facts.map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
