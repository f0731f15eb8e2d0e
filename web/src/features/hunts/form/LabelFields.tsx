import { TagsInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { hostsQuery } from '../../../resources/hosts'
import { useRows } from '../../../ui/useRows'
import type { HuntFieldsProps } from './HuntFields'

/** The labels that hosts must have, and those they must not have. */
export function LabelFields({ draft, onChange, errorOf }: HuntFieldsProps) {
  const { t } = useTranslation()
  const { rows } = useRows(useInfiniteQuery(hostsQuery({ sort: '-threat_score' })))
  const known = [...new Set(rows.flatMap((row) => row.labels ?? []))].toSorted()
  const field = (name: 'include' | 'exclude') => ({
    label: t(`hunts.form.${name}`),
    description: t(`hunts.form.${name}Hint`),
    placeholder: t('hunts.form.labels'),
    data: known.filter((label) => !draft.include.includes(label) && !draft.exclude.includes(label)),
    acceptValueOnBlur: true,
    w: '100%',
    maw: 460,
    error: errorOf(`${name}_labels`),
    value: draft[name],
    onChange: (labels: string[]) => onChange({ [name]: labels }),
  })
  return (
    <>
      <TagsInput {...field('include')} />
      <TagsInput {...field('exclude')} />
    </>
  )
}
