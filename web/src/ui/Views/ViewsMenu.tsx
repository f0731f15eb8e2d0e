import '../../i18n/views'
import { Button, Menu } from '@mantine/core'
import { IconBookmark, IconBookmarkFilled, IconDeviceFloppy, IconPencil, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import type { SavedView } from '../../api/models'
import { keys } from '../../resources/keys'
import { saveView, viewsQuery } from '../../resources/views'
import { useErrorText } from '../errors'
import { toastDone, toastFailed } from '../toast'
import { useRefresh } from '../useRows'
import { viewQuery } from './query'
import css from './Views.module.css'

const ViewDialog = lazy(async () => ({ default: (await import('./ViewDialog')).ViewDialog }))

/** The saved views of a list: goes to one, saves what is shown as one, changes one's own. */
export function ViewsMenu({ resource }: { resource: SavedView['resource'] }) {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const views = useQuery(viewsQuery(resource)).data ?? []
  const [dialog, setDialog] = useState<{ view?: SavedView } | null>(null)
  const [last, setLast] = useState<number | null>(null)
  const query = viewQuery(params)
  const current = views.find((view) => viewQuery(new URLSearchParams(view.query)) === query && query !== '')
  // The view one came from and then narrowed further is the one to bring up to date.
  const stale = current ? undefined : views.find((view) => view.id === last && view.mine)
  const go = (view: SavedView) => {
    setLast(view.id)
    setParams(view.query)
  }
  const update = useUpdate(query)
  const groups = [
    ['own', views.filter((view) => view.mine)],
    ['shared', views.filter((view) => !view.mine)],
  ] as const
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button
            size="sm"
            variant="default"
            leftSection={current ? <IconBookmarkFilled size={15} /> : <IconBookmark size={15} />}
          >
            <span className={css.name}>{current?.name ?? t('common.views')}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 ? <Menu.Label>{t('views.none')}</Menu.Label> : null}
          {groups.map(([name, list]) =>
            list.length > 0 ? (
              <div key={name}>
                <Menu.Label>{t(`views.${name}`)}</Menu.Label>
                {list.map((view) => (
                  <ViewItem
                    key={view.id}
                    view={view}
                    current={view.id === current?.id}
                    onGo={() => go(view)}
                    onEdit={() => setDialog({ view })}
                  />
                ))}
              </div>
            ) : null,
          )}
          <Menu.Divider />
          {stale ? (
            <Menu.Item leftSection={<IconDeviceFloppy size={16} />} onClick={() => update.mutate(stale)}>
              {t('views.update', { name: stale.name })}
            </Menu.Item>
          ) : null}
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => setDialog({})}>
            {t('views.save')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {dialog ? (
          <ViewDialog
            resource={resource}
            query={query}
            view={dialog.view}
            onSaved={(view) => setLast(view.id)}
            onClose={() => setDialog(null)}
          />
        ) : null}
      </Suspense>
    </>
  )
}

/** Gives a view the list as it is now. */
function useUpdate(query: string) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  return useMutation({
    mutationFn: ({ id, resource, name, shared }: SavedView) => saveView(id, { resource, name, shared, query }),
    onSuccess: (view) => {
      void refresh(keys.views)
      toastDone(t('views.saved', { name: view.name }))
    },
    onError: (error) => toastFailed(text(error)),
  })
}

interface ViewItemProps {
  view: SavedView
  current: boolean
  onGo: () => void
  onEdit: () => void
}

function ViewItem({ view, current, onGo, onEdit }: ViewItemProps) {
  const { t } = useTranslation()
  const Icon = current ? IconBookmarkFilled : IconBookmark
  return (
    <div className={css.item}>
      <Menu.Item
        leftSection={<Icon size={15} />}
        aria-current={current || undefined}
        rightSection={
          view.mine ? undefined : (
            <span className={css.by}>{view.owner ? t('views.by', { name: view.owner }) : ''}</span>
          )
        }
        onClick={onGo}
      >
        {view.name}
      </Menu.Item>
      {view.mine ? (
        <Menu.Item className={css.edit} aria-label={t('views.editNamed', { name: view.name })} onClick={onEdit}>
          <IconPencil size={14} />
        </Menu.Item>
      ) : null}
    </div>
  )
}
