import '../../i18n/hunts'
import '../../i18n/schedules'
import { Button, Stack, Text, TextInput } from '@mantine/core'
import { IconDeviceFloppy } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { Schedule, ScheduleBody } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { keys } from '../../resources/keys'
import { createSchedule, saveSchedule, scheduleQuery } from '../../resources/schedules'
import { DetailPage } from '../../ui/DetailPage'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { NotConnected, useNotConnected } from '../../ui/NotConnected'
import { Beside, Page, Panel } from '../../ui/Page'
import { LoadingLines } from '../../ui/States'
import { useNow } from '../../ui/time'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { draftAsked, emptyDraft, type HuntDraft } from '../hunts/form/draft'
import { Impact } from '../hunts/form/Impact'
import { problemAt, useHuntForm } from '../hunts/form/useHuntForm'
import { cadenceOf, cronOf, firstCadence, isSpan, nextRuns, schedule } from './cadence'
import { NextRuns } from './NextRuns'
import type { When } from './when'

/** Makes a schedule, from nothing or from a hunt's form, or changes one. */
export function EditSchedulePage() {
  const id = Number(useParams().id)
  const query = useQuery({ ...scheduleQuery(id), enabled: id > 0 })
  const { state } = useLocation()
  const { t } = useTranslation()
  const alone = useNotConnected()
  if (!useMay('hunts:start')) return <NoRight />
  if (alone && !id) {
    return (
      <Page title={t('schedules.new')}>
        <NotConnected />
      </Page>
    )
  }
  if (!id) return <ScheduleForm hunt={(state as { draft?: HuntDraft } | null)?.draft ?? emptyDraft} />
  return <DetailPage query={query}>{(row) => <ScheduleForm row={row} hunt={draftAsked(row.hunt)} />}</DetailPage>
}

const CadenceFields = lazy(async () => ({ default: (await import('./CadenceFields')).CadenceFields }))
const HuntFields = lazy(async () => ({ default: (await import('../hunts/form/HuntFields')).HuntFields }))
const MoreFields = lazy(async () => ({ default: (await import('./MoreFields')).MoreFields }))

function firstWhen(row: Schedule | undefined, hunt: HuntDraft): When {
  return {
    name: row?.name ?? hunt.description,
    cadence: row?.cron
      ? cadenceOf(row.cron)
      : row?.interval
        ? { ...firstCadence, kind: 'span', span: row.interval }
        : firstCadence,
    timezone: row?.timezone || Intl.DateTimeFormat().resolvedOptions().timeZone,
    overlap: row?.overlap ?? 'skip',
    jitter: row?.jitter_seconds ?? 0,
    note: row?.note ?? '',
  }
}

function useSave(row: Schedule | undefined) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (body: ScheduleBody) => (row ? saveSchedule(row.id, body) : createSchedule(body)),
    onSuccess: (saved) => {
      void refresh(keys.schedules)
      toastDone(t('schedules.form.saved'))
      void navigate(paths.schedule(saved.id))
    },
  })
}

function ScheduleForm({ row, hunt }: { row?: Schedule; hunt: HuntDraft }) {
  const { t } = useTranslation()
  const save = useSave(row)
  const form = useHuntForm(() => hunt, save.error)
  const [when, setWhen] = useState(() => firstWhen(row, hunt))
  const [tried, setTried] = useState(false)
  const set = (change: Partial<When>) => setWhen((before) => ({ ...before, ...change }))
  const cron = cronOf(when.cadence)
  const bySpan = when.cadence.kind === 'span'
  const wrong: Record<string, string | false | undefined> = {
    name: when.name.trim() === '' && t('schedules.form.nameRequired'),
    weekdays:
      when.cadence.kind === 'weekly' && when.cadence.weekdays.length === 0 && t('schedules.form.weekdaysRequired'),
    interval: bySpan && !isSpan(when.cadence.span) && t('schedules.form.spanWrong'),
    cron: when.cadence.kind === 'cron' && schedule(cron) === null && t('schedules.form.cronWrong'),
  }
  const errorOf = (field: string) => (tried && wrong[field]) || problemAt(save.error, field)
  return (
    <Page title={t(row ? 'schedules.edit' : 'schedules.new')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          const asked = form.submit()
          if (!asked || Object.values(wrong).some(Boolean)) return
          save.mutate({
            name: when.name.trim(),
            hunt: asked,
            ...(bySpan ? { interval: when.cadence.span.trim() } : { cron }),
            timezone: when.timezone,
            overlap: when.overlap,
            jitter_seconds: when.jitter,
            note: when.note,
          })
        }}
      >
        <Beside
          summary={
            <Impact ask={form.rested}>
              <ErrorAlert error={save.error} />
              <Button type="submit" leftSection={<IconDeviceFloppy size={15} />} loading={save.isPending}>
                {t('schedules.form.save')}
              </Button>
            </Impact>
          }
        >
          <Panel title={t('schedules.form.when')}>
            <Stack gap="md">
              <TextInput
                maw={460}
                withAsterisk
                label={t('schedules.form.name')}
                maxLength={100}
                error={errorOf('name')}
                value={when.name}
                onChange={(event) => set({ name: event.target.value })}
              />
              <Suspense>
                <CadenceFields
                  value={when.cadence}
                  onChange={(change) => set({ cadence: { ...when.cadence, ...change } })}
                  zone={when.timezone}
                  onZone={(timezone) => set({ timezone })}
                  errorOf={errorOf}
                />
              </Suspense>
              {bySpan ? (
                <Text size="sm">{t('schedules.form.counted')}</Text>
              ) : (
                <Upcoming cron={cron} zone={when.timezone} />
              )}
              <Suspense>
                <MoreFields when={when} onChange={set} errorOf={errorOf} />
              </Suspense>
            </Stack>
          </Panel>
          <Suspense fallback={<LoadingLines lines={8} />}>
            <HuntFields draft={form.draft} onChange={form.change} errorOf={form.errorOf} />
          </Suspense>
        </Beside>
      </form>
    </Page>
  )
}

/** The next five times what stands in the form would fire. */
function Upcoming({ cron, zone }: { cron: string; zone: string }) {
  const { t } = useTranslation()
  const runs = nextRuns(cron, zone, useNow(), 5)
  if (runs.length === 0) return <Text size="sm">{t('schedules.form.none')}</Text>
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {t('schedules.form.next')}
      </Text>
      <NextRuns runs={runs} zone={zone} />
    </div>
  )
}
