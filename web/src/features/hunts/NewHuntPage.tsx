import '../../i18n/hunts'
import { Button } from '@mantine/core'
import { IconCalendarRepeat, IconClockPause, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import type { Hunt, HuntBody } from '../../api/models'
import { Problem } from '../../api/problem'
import { useMay, usePaths } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { huntQuery, startHunt } from '../../resources/hunts'
import { keys } from '../../resources/keys'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { NotConnected, useNotConnected } from '../../ui/NotConnected'
import { Beside, Page } from '../../ui/Page'
import { LoadingLines } from '../../ui/States'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'
import { draftFrom, draftLike, type HuntDraft } from './form/draft'
import { HuntFields } from './form/HuntFields'
import { Impact } from './form/Impact'
import { useHuntForm } from './form/useHuntForm'

/** Everything a hunt needs on one page, beside what it would reach. `like` in the address names a hunt to begin from. */
export function NewHuntPage() {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const like = Number(params.get('like'))
  const model = useQuery({ ...huntQuery(like), enabled: like > 0 })
  const allowed = useMay('hunts:start')
  const alone = useNotConnected()
  if (!allowed) return <NoRight />
  if (alone) {
    return (
      <Page title={t('hunts.new')}>
        <NotConnected />
      </Page>
    )
  }
  if (like > 0 && model.isPending) {
    return (
      <Page title={t('hunts.new')}>
        <LoadingLines lines={8} />
      </Page>
    )
  }
  return <HuntForm first={() => (model.data ? draftLike(model.data) : draftFrom(params))} />
}

function useStart() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const refresh = useRefresh()
  const [attempt, setAttempt] = useState(() => crypto.randomUUID())
  return useMutation({
    mutationFn: (body: HuntBody) => startHunt(body, attempt),
    onSuccess: (hunt: Hunt) => {
      void refresh(keys.hunts, keys.dashboard)
      toastDone(t(hunt.paused ? 'hunts.form.kept' : 'hunts.form.started'))
      void navigate(paths.hunt(hunt.id))
    },
    onError: (error) => {
      // A corrected form is another request; the same key would be refused.
      if (error instanceof Problem && error.status >= 400 && error.status < 500) setAttempt(crypto.randomUUID())
    },
  })
}

function HuntForm({ first }: { first: () => HuntDraft }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const start = useStart()
  const { draft, change, errorOf, rested, submit } = useHuntForm(first, start.error)
  const send = (paused: boolean) => {
    const body = submit()
    if (body && !start.isPending) start.mutate(paused ? { ...body, paused } : body)
  }
  return (
    <Page title={t('hunts.new')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          send(false)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send(false)
        }}
      >
        <Beside
          summary={
            <Impact ask={rested}>
              <ErrorAlert error={start.error} />
              <Button
                type="submit"
                leftSection={<IconPlayerPlay size={15} />}
                loading={start.isPending}
                title={t('hunts.form.startHint')}
              >
                {t('hunts.form.start')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconClockPause size={15} />}
                disabled={start.isPending}
                onClick={() => send(true)}
              >
                {t('hunts.form.keep')}
              </Button>
              <Button
                variant="subtle"
                leftSection={<IconCalendarRepeat size={15} />}
                onClick={() => {
                  const hunt = submit()
                  if (hunt) void navigate(paths.newSchedule, { state: { draft } })
                }}
              >
                {t('hunts.form.schedule')}
              </Button>
            </Impact>
          }
        >
          <HuntFields first draft={draft} onChange={change} errorOf={errorOf} />
        </Beside>
      </form>
    </Page>
  )
}
