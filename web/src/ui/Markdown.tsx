import { lazy, Suspense } from 'react'
import css from './Markdown.module.css'

const MarkdownBody = lazy(async () => ({ default: (await import('./MarkdownBody')).MarkdownBody }))

/** Text somebody wrote in Markdown. Until what reads it is there, the text stands as it was written. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<div className={css.plain}>{text}</div>}>
      <MarkdownBody text={text} />
    </Suspense>
  )
}
