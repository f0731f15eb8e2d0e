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
    <tr data-kind={kind}>
      <th scope="row" className={css.field}>
        <span className="mono">{change.path}</span> <span className={css.kind}>{t(`audit.line.${words[kind]}`)}</span>
      </th>
      {kind === 'changed' && areTexts(before, after) ? (
        <td colSpan={2}>
          <TextDiff before={before as string} after={after as string} />
        </td>
      ) : (
        <>
          <td className={kind === 'added' ? css.absent : kind === 'same' ? undefined : css.removed}>
            {kind === 'added' ? null : <Side sign={kind === 'same' ? '' : '−'} value={before} other={after} />}
          </td>
          <td className={kind === 'removed' ? css.absent : kind === 'same' ? undefined : css.added}>
            {kind === 'removed' ? null : <Side sign={kind === 'same' ? '' : '+'} value={after} other={before} />}
          </td>
        </>
      )}
    </tr>
  )
}

/** The sign says beside the colour which side it is. */
function Side({ sign, value, other }: { sign: string; value: unknown; other: unknown }) {
  return (
    <div className={css.side}>
      {sign ? (
        <span className={css.sign} aria-hidden>
          {sign}
        </span>
      ) : null}
      <Value value={value} other={other} />
    </div>
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
