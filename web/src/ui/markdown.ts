import DOMPurify from 'dompurify'
import { Marked, type Tokens } from 'marked'

const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** `@mia` as a word of its own, as the server reads it. */
const mention = {
  name: 'mention',
  level: 'inline' as const,
  start: (source: string) => source.search(/(?<![\p{L}\p{N}._-])@[\p{L}\p{N}]/u),
  tokenizer(source: string, before: { raw: string }[]) {
    if (/[\p{L}\p{N}._-]$/u.test(before.at(-1)?.raw ?? '')) return undefined
    const found = /^@[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_-])?/u.exec(source)
    return found ? { type: 'mention', raw: found[0] } : undefined
  },
  renderer: (token: Tokens.Generic) => `<span data-mention>${escaped(token.raw)}</span>`,
}

const marked = new Marked({
  gfm: true,
  breaks: true,
  extensions: [mention],
  tokenizer: {
    // A bare address stays text: in this trade it is as likely the attacker's, and one click away.
    url: () => undefined,
  },
  renderer: {
    // What looks like HTML was meant as text.
    html: ({ text }) => escaped(text),
    // Nothing is fetched from elsewhere by looking at a text.
    image: ({ text, href }) => escaped(text || href),
    // The page has its own h1 and h2.
    heading({ tokens, depth }) {
      const level = Math.min(6, depth + 2)
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    link({ href, tokens }) {
      const target = 'target="_blank" rel="noopener noreferrer nofollow"'
      return `<a href="${escaped(href)}" title="${escaped(href)}" ${target}>${this.parser.parseInline(tokens)}</a>`
    },
  },
})

const tags = 'a b blockquote br code del em h3 h4 h5 h6 hr i li ol p pre s span strong table tbody td th thead tr ul'

/**
 * Markdown (GFM) as nodes to put into a page. Raw HTML shows as the text it is, addresses other than http, https and
 * mailto are taken away, pictures become their words.
 */
export function markdownNodes(text: string): DocumentFragment {
  const nodes = DOMPurify.sanitize(marked.parse(text, { async: false }), {
    ALLOWED_TAGS: tags.split(' '),
    ALLOWED_ATTR: ['href', 'title', 'target', 'rel', 'align', 'start', 'data-mention'],
    // Their values are no addresses.
    ADD_URI_SAFE_ATTR: ['target', 'rel', 'align', 'start'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  })
  // What is wider than its place scrolls, for those without a mouse too.
  for (const wide of nodes.querySelectorAll('pre, table')) wide.setAttribute('tabindex', '0')
  return nodes
}
