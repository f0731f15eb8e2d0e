import { Button, Menu } from '@mantine/core'
import { IconCopy, IconDotsVertical, IconHourglass, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Hunt } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { resumeHunt, stopHunt } from '../../resources/hunts'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import { useErrorText } from '../../ui/errors'
import { toastDone, toastFailed } from '../../ui/toast'
import { canStop, isUnderWay } from './state'
import { useHuntChanged } from './useHuntChanged'

const ExtendDialog = lazy(async () => ({ default: (await import('./ExtendDialog')).ExtendDialog }))

/** What can be done with a hunt. */
export function HuntActions({ hunt }: { hunt: Hunt }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const changed = useHuntChanged()
  const [asking, setAsking] = useState<'stop' | 'extend' | null>(null)
  const resume = useMutation({
    mutationFn: () => resumeHunt(hunt.id),
    onSuccess: (after) => {
      changed(after)
      toastDone(t('hunts.form.started'))
    },
    onError: (error) => toastFailed(text(error)),
  })
  if (!useMay('hunts:start')) return null
  return (
    <>
      {hunt.paused && hunt.status === 'waiting' ? (
        <Button
          size="sm"
          leftSection={<IconPlayerPlay size={15} />}
          loading={resume.isPending}
          onClick={() => resume.mutate()}
        >
          {t('hunts.resume')}
        </Button>
      ) : null}
      {canStop(hunt) ? (
        <Button
          size="sm"
          variant="default"
          leftSection={<IconPlayerStop size={15} />}
          onClick={() => setAsking('stop')}
        >
          {t('hunts.stop.open')}
        </Button>
      ) : null}
      <More hunt={hunt} onExtend={() => setAsking('extend')} />
      <Stop hunt={hunt} opened={asking === 'stop'} onClose={() => setAsking(null)} />
      <Suspense>{asking === 'extend' ? <ExtendDialog hunt={hunt} onClose={() => setAsking(null)} /> : null}</Suspense>
    </>
  )
}

function More({ hunt, onExtend }: { hunt: Hunt; onExtend: () => void }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="sm" variant="default" rightSection={<IconDotsVertical size={14} />}>
          {t('hunts.more')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {isUnderWay(hunt) ? (
          <Menu.Item leftSection={<IconHourglass size={16} />} onClick={onExtend}>
            {t('hunts.extend.open')}
          </Menu.Item>
        ) : null}
        <Menu.Item component={Link} to={`${paths.newHunt}?like=${hunt.id}`} leftSection={<IconCopy size={16} />}>
          {t('hunts.again')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Stop({ hunt, opened, onClose }: { hunt: Hunt; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const changed = useHuntChanged()
  const stop = useMutation({
    mutationFn: () => stopHunt(hunt.id),
    onSuccess: (after) => {
      changed(after)
      onClose()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      title={t('hunts.stop.title')}
      consequence={t('hunts.stop.consequence', { count: Math.max(0, hunt.scheduled - hunt.finished) })}
      confirm={t('hunts.stop.confirm')}
      pending={stop.isPending}
      error={stop.error}
      onConfirm={() => stop.mutate()}
      onClose={onClose}
    />
  )
}
