import { describe, expect, it } from 'vitest'
import { markdownNodes } from './markdown'

function rendered(text: string): HTMLElement {
  const place = document.createElement('div')
  place.append(markdownNodes(text))
  return place
}

describe('Markdown', () => {
  it('becomes headings below those of the page, lists, code and tables', () => {
    const place = rendered('# Found\n\n- one\n- **two**\n\n`x`\n\n| a | b |\n|---|---|\n| 1 | 2 |')
    expect(place.querySelector('h3')).toHaveTextContent('Found')
    expect(place.querySelectorAll('li')).toHaveLength(2)
    expect(place.querySelector('strong')).toHaveTextContent('two')
    expect(place.querySelector('td')).toHaveTextContent('1')
  })

  it('lets the keyboard scroll what is wider than its place', () => {
    const place = rendered('```\nlong\n```\n\n| a |\n|---|\n| 1 |\n\n<pre tabindex="3">x</pre>')
    expect(
      [...place.querySelectorAll('[tabindex]')].map((node) => [node.tagName, node.getAttribute('tabindex')]),
    ).toEqual([
      ['PRE', '0'],
      ['TABLE', '0'],
    ])
  })

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'a <b onclick="alert(1)">bold</b> word',
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
  ])('shows %s as the text it is', (text) => {
    const place = rendered(text)
    expect(place).toHaveTextContent(text)
    expect(place.querySelector('script, img, svg, style, [onclick], [onerror]')).toBeNull()
  })

  it('links where somebody wrote a link, in a window of its own', () => {
    const link = rendered('[report](https://intel.example/a?b=1&c="2")').querySelector('a')
    expect(link?.href).toBe('https://intel.example/a?b=1&c=%222%22')
    expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow')
    expect(link).toHaveAttribute('target', '_blank')
  })

  it.each(['[x](javascript:alert(1))', '[x](data:text/html,hi)', '[x](JaVaScRiPt:alert(1))', '<javascript:alert(1)>'])(
    'does not link %s',
    (text) => {
      expect(rendered(text).querySelector('a[href]')).toBeNull()
    },
  )

  it('leaves a bare address alone, which may be the attacker’s', () => {
    expect(rendered('seen at http://evil.example/x and www.evil.example').querySelector('a')).toBeNull()
  })

  it('fetches no picture', () => {
    const place = rendered('![the map](https://evil.example/pixel.png)')
    expect(place.querySelector('img')).toBeNull()
    expect(place).toHaveTextContent('the map')
  })

  it('marks who is meant, but no e-mail address', () => {
    const marked = [...rendered('@mia and (@jon.doe), not a@b.example or `@code`').querySelectorAll('[data-mention]')]
    expect(marked.map((node) => node.textContent)).toEqual(['@mia', '@jon.doe'])
  })
})
