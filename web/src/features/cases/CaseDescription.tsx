import { ActionIcon, Button, Group, Stack, Textarea } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Case } from '../../api/models'
import { useMay } from '../../app/me'
import { Panel } from '../../ui/Page'
import css from './Cases.module.css'
import { usePatchCase } from './usePatchCase'

/** What a case is about, in free words. */
export function CaseDescription({ row }: { row: Case }) {
  const { t } = useTranslation()
  const patch = usePatchCase(row.id)
  const [draft, setDraft] = useState<string | null>(null)
  const work = useMay('cases:write')
  const save = () => {
    if (draft !== null && draft !== row.description) patch.mutate({ description: draft })
    setDraft(null)
  }
  return (
    <Panel
      title={t('cases.description')}
      actions={
        work && draft === null ? (
          <ActionIcon onClick={() => setDraft(row.description)} aria-label={t('cases.editDescription')}>
            <IconPencil size={16} />
          </ActionIcon>
        ) : null
      }
    >
      {draft === null ? (
        <p className={row.description ? css.description : `${css.description} ${css.muted}`}>
          {row.description || t('cases.noDescription')}
        </p>
      ) : (
        <Stack gap="sm">
          <Textarea
            aria-label={t('cases.description')}
            autoFocus
            autosize
            minRows={4}
            maxRows={20}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setDraft(null)}>
              {t('common.actions.cancel')}
            </Button>
            <Button onClick={save}>{t('common.actions.save')}</Button>
          </Group>
        </Stack>
      )}
    </Panel>
  )
}
