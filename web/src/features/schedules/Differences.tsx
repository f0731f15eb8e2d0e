import { Button, Group, SegmentedControl, Select, Stack, TagsInput, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Difference, DifferenceQuery, Schedule } from '../../api/models'
import { usePaths } from '../../app/me'
import { differenceQuery, scheduleRunsQuery } from '../../resources/schedules'
import { inOneLine } from '../../ui/Observations/oneLine'
import { Panel } from '../../ui/Page'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { useTimeFormat } from '../../ui/time'
import { useRows } from '../../ui/useRows'
import { volatileColumns } from './volatile'

/** What two runs of a schedule found differently; the last two until others are chosen. */
export function Differences({ row }: { row: Schedule }) {
  const { t } = useTranslation()
  const { exact } = useTimeFormat()
  const runs = useRows(useInfiniteQuery(scheduleRunsQuery(row.id))).rows.flatMap(({ hunt_id, status, scheduled_at }) =>
    hunt_id !== null && status === 'completed' ? [{ id: hunt_id, scheduled_at }] : [],
  )
  const [filter, setFilter] = useState<DifferenceQuery>({})
  const set = (change: DifferenceQuery) =>
    setFilter((before) =>
      Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)),
    )
  const data = runs.map((hunt) => ({
    value: String(hunt.id),
    label: t('schedules.diff.run', { id: hunt.id, time: exact(hunt.scheduled_at) }),
  }))
  if (runs.length < 2) {
    return (
      <Panel title={t('schedules.diff.title')}>
        <EmptyState compact title={t('schedules.diff.few')} />
      </Panel>
    )
  }
  const end = (name: 'from' | 'to', usual: number | undefined) => ({
    w: 260,
    label: t(`schedules.diff.${name}`),
    allowDeselect: false,
    data,
    value: String(filter[name] ?? usual),
    onChange: (id: string | null) => set({ [name]: Number(id) }),
  })
  const { artifacts } = row.hunt
  return (
    <Panel title={t('schedules.diff.title')}>
      <Stack gap="md">
        <Group gap="md" align="start">
          <Select {...end('from', runs[1]?.id)} />
          <Select {...end('to', runs[0]?.id)} />
          {artifacts.length > 1 ? (
            <Select
              w={240}
              label={t('schedules.diff.artifact')}
              allowDeselect={false}
              value={filter.artifact ?? ''}
              onChange={(artifact) => set({ artifact: artifact || undefined })}
              data={[
                { value: '', label: t('schedules.diff.any') },
                ...artifacts.map((value) => ({ value, label: value })),
              ]}
            />
          ) : null}
          <TagsInput
            w={280}
            label={t('schedules.diff.ignore')}
            description={t('schedules.diff.ignoreHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            acceptValueOnBlur
            value={[...(filter.ignore ?? [])]}
            onChange={(ignore) => set({ ignore: ignore.length > 0 ? ignore : undefined })}
          />
        </Group>
        <Found
          id={row.id}
          filter={{ from: runs[1]?.id, to: runs[0]?.id, ...filter }}
          oneArtifact={artifacts.length === 1}
          onIgnore={(columns) => set({ ignore: [...new Set([...(filter.ignore ?? []), ...columns])] })}
        />
      </Stack>
    </Panel>
  )
}

interface FoundProps {
  id: number
  filter: DifferenceQuery
  oneArtifact: boolean
  onIgnore: (columns: string[]) => void
}

function Found({ id, filter, oneArtifact, onIgnore }: FoundProps) {
  const { t } = useTranslation()
  const [side, setSide] = useState<'new' | 'gone'>('new')
  const query = useQuery(differenceQuery(id, filter))
  if (query.isPending) return <LoadingLines lines={4} />
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  const { counts, truncated } = query.data
  if (counts.new + counts.gone === 0) return <Text size="sm">{t('schedules.diff.same')}</Text>
  const rows = query.data[side]
  const restless = volatileColumns(query.data.new, query.data.gone)
  return (
    <Stack gap="sm" align="start">
      <SegmentedControl
        size="xs"
        aria-label={t('schedules.diff.title')}
        value={side}
        onChange={(next) => setSide(next === 'gone' ? 'gone' : 'new')}
        data={[
          { value: 'new', label: t('schedules.diff.new', { count: counts.new }) },
          { value: 'gone', label: t('schedules.diff.gone', { count: counts.gone }) },
        ]}
      />
      {restless.length > 0 ? (
        <Group gap="xs">
          <Text size="sm">{t('schedules.diff.restless', { columns: restless.join(', ') })}</Text>
          <Button size="compact-sm" variant="default" onClick={() => onIgnore(restless)}>
            {t('schedules.diff.leaveOut')}
          </Button>
        </Group>
      ) : null}
      {truncated ? <Text size="sm">{t('schedules.diff.truncated')}</Text> : null}
      {rows.length > 0 ? <Rows side={side} rows={rows} oneArtifact={oneArtifact} /> : null}
    </Stack>
  )
}

interface RowsProps {
  side: 'new' | 'gone'
  rows: Difference['new']
  oneArtifact: boolean
}

function Rows({ side, rows, oneArtifact }: RowsProps) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <div style={{ width: '100%' }}>
      <ScrollTable
        label={t(`schedules.diff.${side}`, { count: rows.length })}
        head={
          <Heads
            names={[
              t('schedules.diff.host'),
              ...(oneArtifact ? [] : [t('schedules.diff.artifact')]),
              t('schedules.diff.row'),
            ]}
          />
        }
      >
        {rows.map((each) => (
          <tr
            key={each.observation_id}
            style={{ background: side === 'new' ? 'var(--vc-added)' : 'var(--vc-removed)' }}
          >
            <td style={{ whiteSpace: 'nowrap' }}>
              <Link to={paths.host(each.host_id)}>{each.hostname}</Link>
            </td>
            {oneArtifact ? null : <td style={{ whiteSpace: 'nowrap' }}>{each.artifact}</td>}
            <td className="mono">
              <Text inherit span lineClamp={2}>
                {inOneLine(each.data as Record<string, unknown>)}
              </Text>
            </td>
          </tr>
        ))}
      </ScrollTable>
    </div>
  )
}
