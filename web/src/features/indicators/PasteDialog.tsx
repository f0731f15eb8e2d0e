import '../../i18n/indicators'
import { Button, Group, Modal, Stack, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { parseText } from '../../resources/artifacts'
import { ErrorAlert } from '../../ui/ErrorAlert'
import { useReturnFocus } from '../../ui/useReturnFocus'
import { FoundForm } from './FoundForm'
import css from './Indicators.module.css'

interface PasteDialogProps {
  /** The case that gets what is taken; without it one may choose. */
  caseId?: number
  /** A text that is looked through at once. */
  first?: string
  onClose: () => void
}

/** Takes indicators out of any text: a report, a mail, a ticket. First what was found is shown, then it is kept. */
export function PasteDialog({ caseId, first = '', onClose }: PasteDialogProps) {
  useReturnFocus()
  const { t } = useTranslation()
  const [text, setText] = useState(first)
  const parse = useMutation({ mutationFn: parseText })
  const { mutate } = parse
  useEffect(() => {
    if (first) mutate(first)
  }, [first, mutate])
  const answer = parse.data
  return (
    <Modal
      opened
      size={answer ? 860 : 640}
      onClose={onClose}
      closeOnClickOutside={text === ''}
      title={caseId === undefined ? t('indicators.paste.title') : t('indicators.paste.titleCase', { id: caseId })}
      closeButtonProps={{ 'aria-label': t('common.actions.close') }}
    >
      {answer ? (
        <FoundForm
          found={answer.found ?? []}
          truncated={answer.truncated}
          caseId={caseId}
          onBack={() => parse.reset()}
          onClose={onClose}
        />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (text.trim()) parse.mutate(text)
          }}
        >
          <Stack gap="md">
            <Textarea
              label={t('indicators.paste.text')}
              description={t('indicators.paste.hint')}
              placeholder={t('indicators.paste.example')}
              data-autofocus
              autosize
              minRows={8}
              maxRows={18}
              spellCheck={false}
              classNames={{ input: css.code }}
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
              }}
            />
            <ErrorAlert error={parse.error} />
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                {t('common.actions.cancel')}
              </Button>
              <Button type="submit" loading={parse.isPending} disabled={!text.trim()}>
                {t('indicators.paste.find')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
