import '../../i18n/playbooks'
import { Button, Tabs } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import type { Playbook } from '../../api/models'
import { useMay, usePaths } from '../../app/me'
import { TrailLink } from '../../app/TrailLink'
import { keys } from '../../resources/keys'
import { deletePlaybook, playbookQuery } from '../../resources/playbooks'
import { DeleteAction } from '../../ui/DeleteAction'
import { DetailPage } from '../../ui/DetailPage'
import { Page } from '../../ui/Page'
import { useUrl } from '../../ui/useUrl'
import { EnabledSwitch } from './EnabledSwitch'
import { PlaybookOverview } from './PlaybookOverview'
import { PlaybookRuns } from './PlaybookRuns'
import { PlaybookSource } from './PlaybookSource'
import css from './Playbooks.module.css'

const RunDialog = lazy(async () => ({ default: (await import('./RunDialog')).RunDialog }))

/** One playbook: what it does, its text, its runs. */
export function PlaybookPage() {
  const id = Number(useParams().id)
  return (
    <DetailPage query={useQuery(playbookQuery(id))}>{(playbook) => <PlaybookDetail playbook={playbook} />}</DetailPage>
  )
}

function PlaybookDetail({ playbook }: { playbook: Playbook }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  return (
    <Page title={playbook.name} aside={`v${playbook.version}`} actions={<PlaybookActions playbook={playbook} />}>
      {playbook.description ? <p className={css.description}>{playbook.description}</p> : null}
      <Tabs value={params.get('tab') ?? 'overview'} onChange={(tab) => change({ tab })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="overview">{t('playbooks.tabs.overview')}</Tabs.Tab>
          <Tabs.Tab value="source">{t('playbooks.tabs.source')}</Tabs.Tab>
          <Tabs.Tab value="runs">{t('playbooks.tabs.runs')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <PlaybookOverview playbook={playbook} />
        </Tabs.Panel>
        <Tabs.Panel value="source">
          <PlaybookSource key={playbook.version} playbook={playbook} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <PlaybookRuns playbookId={playbook.id} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function PlaybookActions({ playbook }: { playbook: Playbook }) {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const work = useMay('executions:start')
  const edit = useMay('playbooks:manage')
  return (
    <>
      <EnabledSwitch playbook={playbook} />
      <TrailLink type="playbook" id={playbook.id} />
      {edit ? <DeletePlaybook playbook={playbook} /> : null}
      {work ? (
        <Button size="sm" leftSection={<IconPlayerPlay size={15} />} onClick={() => change({ run: '1' })}>
          {t('playbooks.run')}
        </Button>
      ) : null}
      <Suspense>
        {work && params.get('run') === '1' ? (
          <RunDialog playbook={playbook} onClose={() => change({ run: null })} />
        ) : null}
      </Suspense>
    </>
  )
}

function DeletePlaybook({ playbook }: { playbook: Playbook }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <DeleteAction
      title={t('playbooks.delete.title', { name: playbook.name })}
      consequence={t('playbooks.delete.consequence')}
      confirm={t('playbooks.delete.confirm')}
      done={t('playbooks.delete.done', { name: playbook.name })}
      action={() => deletePlaybook(playbook.id)}
      leadsTo={paths.playbooks}
      touches={[keys.playbooks]}
    />
  )
}
