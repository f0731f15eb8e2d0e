import { useLayoutEffect, useRef } from 'react'
import css from './Markdown.module.css'
import { markdownNodes } from './markdown'

/** Somebody's Markdown, made safe. */
export function MarkdownBody({ text }: { text: string }) {
  const place = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => place.current?.replaceChildren(markdownNodes(text)), [text])
  return <div ref={place} className={css.markdown} />
}
