import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './Diff.module.css'
import { type Change, compare, compareLines, withContext } from './diff'
import { Value } from './Value'

interface DiffProps {
  before: unknown
  after: unknown
}

/** What an act changed, field by field. */
export function Diff({ before, after }: DiffProps) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const changes = compare(before, after)
  const different = changes.filter((change) => change.kind !== 'same')
  const same = changes.length - different.length
  const shown = all ? changes : different
  return (
    <div>
      {shown.length > 0 ? (
        <table className={css.diff}>
          <thead>
            <tr>
              <th scope="col">{t('audit.line.field')}</th>
              <th scope="col">{t('audit.line.before')}</th>
              <th scope="col">{t('audit.line.after')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((change) => (
              <Row key={change.path} change={change} />
            ))}
          </tbody>
        </table>
      ) : (
        <p className={css.nothing}>{t('audit.line.nothing')}</p>
      )}
      {same > 0 ? (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(!all)}>
          {all ? t('audit.line.hideSame') : t('audit.line.same', { count: same })}
        </Button>
      ) : null}
    </div>
  )
}

const words = { added: 'added', removed: 'removed', changed: 'changed', same: 'unchanged' } as const

function Row({ change }: { change: Change }) {
  const { t } = useTranslation()
  const { kind, before, after } = change
  return (
    <tr>
      <th scope="row" className={css.field}>
        <span className="mono">{change.path}</span> <span className={css.kind}>{t(`audit.line.${words[kind]}`)}</span>
      </th>
      {kind === 'changed' && areTexts(before, after) ? (
        <td colSpan={2}>
          <TextDiff before={before as string} after={after as string} />
        </td>
      ) : (
        <>
          <Side look={looks[kind].before} sign="−" value={before} other={after} />
          <Side look={looks[kind].after} sign="+" value={after} other={before} />
        </>
      )}
    </tr>
  )
}

type Look = 'added' | 'removed' | 'absent' | 'same'

/** How the two sides of a change look. */
const looks: Record<Change['kind'], { before: Look; after: Look }> = {
  added: { before: 'absent', after: 'added' },
  removed: { before: 'removed', after: 'absent' },
  changed: { before: 'removed', after: 'added' },
  same: { before: 'same', after: 'same' },
}

interface SideProps {
  look: Look
  /** Says beside the colour which side it is. */
  sign: string
  value: unknown
  other: unknown
}

function Side({ look, sign, value, other }: SideProps) {
  if (look === 'absent') return <td className={css.absent} />
  return (
    <td className={look === 'same' ? undefined : css[look]}>
      <div className={css.side}>
        {look === 'same' ? null : (
          <span className={css.sign} aria-hidden>
            {sign}
          </span>
        )}
        <Value value={value} other={other} />
      </div>
    </td>
  )
}

function areTexts(before: unknown, after: unknown): boolean {
  return (
    typeof before === 'string' &&
    typeof after === 'string' &&
    (before.includes('\n') || after.includes('\n')) &&
    compareLines(before, after) !== null
  )
}

const signs = { added: '+', removed: '−', same: ' ' }

/** A text of several lines, with what was taken away and put in. */
function TextDiff({ before, after }: { before: string; after: string }) {
  const lines = withContext(compareLines(before, after) ?? [])
  return (
    <div className={css.text}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <div key={index} className={css.textLine} data-kind={line?.kind}>
          {line ? `${signs[line.kind]} ${line.text}` : '⋯'}
        </div>
      ))}
    </div>
  )
}
