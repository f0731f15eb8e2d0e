import { Button, Checkbox } from '@mantine/core'
import type { ParseKeys } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { FoundValue } from '../../api/models'
import { usePaths } from '../../app/me'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { choiceAtFirst, toggled } from './choice'
import css from './Indicators.module.css'

const shownAtFirst = 200

interface FoundTableProps {
  found: FoundValue[]
  choice: ReadonlySet<number>
  onChoose: (choice: Set<number>) => void
}

/** What was found in a text, line by line, with why something is held back. */
export function FoundTable({ found, choice, onChoose }: FoundTableProps) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(shownAtFirst)
  const all = choice.size === found.length
  const turnAll = () => onChoose(all ? new Set() : choice.size > 0 ? new Set(found.keys()) : choiceAtFirst(found))
  const rest = found.length - shown
  return (
    <ScrollTable
      label={t('indicators.paste.preview')}
      head={
        <>
          <th scope="col">
            <Checkbox
              size="xs"
              checked={all}
              indeterminate={choice.size > 0 && !all}
              onChange={turnAll}
              aria-label={t('indicators.paste.all')}
            />
          </th>
          <Heads names={[t('indicators.column.value'), t('indicators.column.type'), t('indicators.paste.note')]} />
        </>
      }
      foot={
        rest > 0 ? (
          <Button variant="subtle" size="compact-sm" onClick={() => setShown(shown + shownAtFirst)}>
            {t('indicators.paste.more', { count: rest })}
          </Button>
        ) : null
      }
    >
      {found.slice(0, shown).map((each, index) => (
        <FoundLine
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines stay in their order
          key={index}
          each={each}
          taken={choice.has(index)}
          onToggle={() => onChoose(toggled(choice, index))}
        />
      ))}
    </ScrollTable>
  )
}

function FoundLine({ each, taken, onToggle }: { each: FoundValue; taken: boolean; onToggle: () => void }) {
  const { t } = useTranslation()
  return (
    <tr className={each.accepted ? undefined : css.held}>
      <td>
        <Checkbox
          size="xs"
          checked={taken}
          onChange={onToggle}
          aria-label={t('indicators.paste.take', { value: each.value })}
        />
      </td>
      <td className="mono">
        {each.value}
        {each.original && each.original !== each.value ? (
          <span className={css.small}>{t('indicators.paste.from', { text: each.original })}</span>
        ) : null}
      </td>
      <td>{t(`indicators.types.${each.artifact_type}` as ParseKeys) as string}</td>
      <td>
        <Note each={each} />
      </td>
    </tr>
  )
}

/** Whether it is known, or why it is held back. */
function Note({ each }: { each: FoundValue }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <>
      {each.known_id ? (
        <Link to={paths.indicator(each.known_id)} target="_blank">
          {t('indicators.paste.isKnown')}
        </Link>
      ) : null}
      {each.times > 1 ? <span className={css.small}>{t('indicators.paste.times', { count: each.times })}</span> : null}
      {each.accepted ? null : <span className={css.small}>{each.guard_reason || t('indicators.paste.held')}</span>}
    </>
  )
}
