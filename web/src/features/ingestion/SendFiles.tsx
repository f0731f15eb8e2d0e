import { Button, Progress } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { NewBatchQuery } from '../../api/models'
import { usePaths } from '../../app/me'
import { usePreferences } from '../../app/preferences'
import { keys } from '../../resources/keys'
import { bytes } from '../../ui/bytes'
import { DropZone } from '../../ui/DropZone'
import { useErrorText } from '../../ui/errors'
import { intlLanguage } from '../../ui/time'
import { useRefresh } from '../../ui/useRows'
import css from './Ingestion.module.css'
import { uploads } from './sending'
import { type Upload, useUploads } from './uploads'

const FileOptions = lazy(async () => ({ default: (await import('./FileOptions')).FileOptions }))

/** Takes files and sends them; what is chosen under it counts for the files dropped next. */
export function SendFiles() {
  const { t } = useTranslation()
  const [options, setOptions] = useState<NewBatchQuery>({})
  const [choosing, setChoosing] = useState(false)
  const list = useUploads(uploads)
  useNewBatches(list)
  return (
    <div className={css.send}>
      <DropZone
        multiple
        label={t('ingestion.drop.label')}
        hint={t('ingestion.drop.hint')}
        onFiles={(files) => uploads.add(files, options)}
      />
      {choosing ? (
        <Suspense>
          <FileOptions value={options} onChange={setOptions} />
        </Suspense>
      ) : (
        <Button
          variant="subtle"
          size="compact-sm"
          className={css.start}
          leftSection={<IconAdjustmentsHorizontal size={15} />}
          onClick={() => setChoosing(true)}
        >
          {t('ingestion.options.open')}
        </Button>
      )}
      {list.length > 0 ? <UploadList list={list} /> : null}
    </div>
  )
}

/** The list of batches knows of a file once it was taken. */
function useNewBatches(list: readonly Upload[]): void {
  const refresh = useRefresh()
  const sent = list.filter(({ state }) => state === 'sent').length
  const before = useRef(sent)
  useEffect(() => {
    if (sent > before.current) void refresh(keys.batches)
    before.current = sent
  }, [sent, refresh])
}

function UploadList({ list }: { list: readonly Upload[] }) {
  const { t } = useTranslation()
  const over = list.some(({ state }) => state !== 'waiting' && state !== 'sending')
  return (
    <div>
      <ul className={css.uploads} aria-label={t('ingestion.upload.list')}>
        {list.map((upload) => (
          <UploadLine key={upload.key} upload={upload} />
        ))}
      </ul>
      {over ? (
        <Button variant="subtle" size="compact-sm" onClick={() => uploads.clear()}>
          {t('ingestion.upload.clear')}
        </Button>
      ) : null}
    </div>
  )
}

function UploadLine({ upload }: { upload: Upload }) {
  const { t } = useTranslation()
  const paths = usePaths()
  const { language } = usePreferences()
  const { key, name, size, sent, state, batch } = upload
  const under = state === 'waiting' || state === 'sending'
  return (
    <li className={css.upload}>
      <span className={css.uploadName}>
        {batch ? <Link to={paths.batch(batch.id)}>{name}</Link> : <span>{name}</span>}
        <span className={css.muted}>{bytes(size, intlLanguage(language))}</span>
      </span>
      <span className={css.uploadBar}>
        {under ? (
          <Progress
            size={6}
            value={sent * 100}
            aria-label={t('ingestion.upload.progress', { name })}
            color="var(--vc-running)"
          />
        ) : null}
        <UploadState upload={upload} />
      </span>
      <span className={css.uploadAct}>
        {under ? (
          <Button variant="default" size="compact-xs" onClick={() => uploads.cancel(key)}>
            {t('common.actions.cancel')}
          </Button>
        ) : null}
        {state === 'failed' || state === 'cancelled' ? (
          <Button variant="default" size="compact-xs" onClick={() => uploads.again(key)}>
            {t('ingestion.upload.again')}
          </Button>
        ) : null}
      </span>
    </li>
  )
}

function UploadState({ upload }: { upload: Upload }) {
  const { t } = useTranslation()
  const text = useErrorText()
  const { state, sent, error } = upload
  const arrived = state === 'sending' && sent >= 1
  return (
    <span className={state === 'failed' ? css.failed : css.muted} role="status">
      {state === 'failed'
        ? text(error)
        : t(arrived ? 'ingestion.upload.state.arriving' : `ingestion.upload.state.${state}`, {
            percent: Math.floor(sent * 100),
          })}
    </span>
  )
}
