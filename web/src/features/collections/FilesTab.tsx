import { Button } from '@mantine/core'
import { IconDownload, IconFiles } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CollectedFile, Collection } from '../../api/models'
import { usePreferences } from '../../app/preferences'
import { collectedFilesQuery, downloadCollected, isCollected } from '../../resources/collections'
import { bytes } from '../../ui/bytes'
import { CopyText } from '../../ui/CopyText'
import { useErrorText } from '../../ui/errors'
import { Heads, ScrollTable } from '../../ui/ScrollTable'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { saveFile } from '../../ui/saveFile'
import { intlLanguage } from '../../ui/time'
import { toastFailed } from '../../ui/toast'

/** The files the endpoint sent along. They come from a machine that may be the attacker's: they are never opened here. */
export function FilesTab({ row }: { row: Collection }) {
  const { t } = useTranslation()
  const query = useQuery({ ...collectedFilesQuery(row.id), refetchInterval: isCollected(row) ? false : 5_000 })
  if (query.error && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (!query.data) return <LoadingLines lines={4} />
  if (query.data.rows.length === 0) {
    return <EmptyState compact icon={IconFiles} title={t('collections.files.none')} />
  }
  return (
    <ScrollTable
      label={t('collections.tabs.files')}
      head={
        <Heads
          names={[
            t('collections.files.name'),
            t('collections.files.size'),
            t('collections.files.sha256'),
            t('collections.files.act'),
          ]}
        />
      }
      foot={t('collections.files.warning')}
    >
      {query.data.rows.map((file) => (
        <FileLine key={file.id} collection={row.id} file={file} />
      ))}
    </ScrollTable>
  )
}

function FileLine({ collection, file }: { collection: number; file: CollectedFile }) {
  const { t } = useTranslation()
  const { language } = usePreferences()
  const text = useErrorText()
  const name = file.path.split(/[\\/]/).at(-1) || file.path
  const fetch = useMutation({
    mutationFn: () => downloadCollected(collection, file.id),
    onSuccess: (blob) => saveFile(blob, name),
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <tr>
      <td className="mono">{file.path}</td>
      <td style={{ whiteSpace: 'nowrap' }}>{bytes(file.size, intlLanguage(language))}</td>
      <td>
        <CopyText value={file.sha256} />
      </td>
      <td>
        {file.status !== 'kept' ? (
          file.error || t(`collections.files.status.${file.status}`)
        ) : (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={t('collections.files.download', { name })}
            leftSection={<IconDownload size={14} />}
            loading={fetch.isPending}
            onClick={() => fetch.mutate()}
          >
            {t('collections.files.get')}
          </Button>
        )}
      </td>
    </tr>
  )
}
