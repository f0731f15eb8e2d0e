import { Button, Checkbox, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy, IconDownload, IconPrinter } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../app/me'
import { saveText } from '../../ui/saveText'
import css from './Enrolment.module.css'

/** The recovery codes, shown this once, with every way to keep them. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation()
  const { username } = useMe()
  const [stored, setStored] = useState(false)
  const head = t('account.factor.printHead', { username })
  const text = codes.join('\n')
  return (
    <div className={css.recovery}>
      <div role="status">
        <h2>{t('account.factor.codesTitle')}</h2>
        <p>{t('account.factor.codesHint')}</p>
      </div>
      <div className={css.paper}>
        <div className={css.printHead}>{head}</div>
        <ul className={`${css.codes} mono`}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <div className={css.buttons}>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              size="sm"
              leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              onClick={copy}
            >
              {copied ? t('common.actions.copied') : t('common.actions.copy')}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconDownload size={15} />}
          onClick={() => saveText(`velocicompanion-recovery-codes-${username}.txt`, `${head}\n\n${text}\n`)}
        >
          {t('account.factor.download')}
        </Button>
        <Button variant="default" size="sm" leftSection={<IconPrinter size={15} />} onClick={print}>
          {t('account.factor.print')}
        </Button>
      </div>
      <Checkbox
        label={t('account.factor.stored')}
        checked={stored}
        onChange={(event) => setStored(event.target.checked)}
      />
      <div>
        <Button size="sm" disabled={!stored} onClick={onDone}>
          {t('account.factor.done')}
        </Button>
      </div>
    </div>
  )
}

/** Prints the codes alone. */
function print(): void {
  document.body.dataset.print = 'recovery-codes'
  window.print()
  delete document.body.dataset.print
}
