import '../../i18n/playbooks'
import { Button, Group, Loader } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Diagnostic } from '../../api/models'
import { useErrorText } from '../../ui/errors'
import type { CodeEditorHandle } from './CodeEditor'
import css from './Playbooks.module.css'
import { useCheck } from './useCheck'

const CodeEditor = lazy(async () => ({ default: (await import('./CodeEditor')).CodeEditor }))

interface SourceEditorProps {
  /** The text to start from; another key makes another editor. */
  initial: string
  value: string
  readOnly: boolean
  /** What the server refused when saving. */
  refused?: Diagnostic[]
  actions?: ReactNode
  onChange: (text: string) => void
}

/** The source of a playbook, checked while it is written. */
export function SourceEditor({ initial, value, readOnly, refused, actions, onChange }: SourceEditorProps) {
  const { t } = useTranslation()
  const editor = useRef<CodeEditorHandle>(null)
  const check = useCheck(value, !readOnly)
  const diagnostics = refused?.length ? refused : check.diagnostics
  useWarnOnLeave(!readOnly && value !== initial)
  return (
    <div className={css.source}>
      <Suspense fallback={<Loader size="sm" m="lg" />}>
        <CodeEditor
          ref={editor}
          text={initial}
          label={t('playbooks.source.label')}
          readOnly={readOnly}
          diagnostics={diagnostics}
          onChange={onChange}
        />
      </Suspense>
      {readOnly ? null : (
        <Problems
          diagnostics={diagnostics}
          checking={check.checking}
          error={check.error}
          onGo={(line) => editor.current?.goTo(line)}
        />
      )}
      {actions ? (
        <Group className={css.sourceActions} justify="flex-end" gap="sm">
          {actions}
        </Group>
      ) : null}
    </div>
  )
}

interface ProblemsProps {
  diagnostics: Diagnostic[]
  checking: boolean
  error: unknown
  onGo: (line: number) => void
}

function Problems({ diagnostics, checking, error, onGo }: ProblemsProps) {
  const { t } = useTranslation()
  const text = useErrorText()
  if (diagnostics.length === 0) {
    const said = error ? t('playbooks.source.unavailable', { reason: text(error) }) : t('playbooks.source.valid')
    return (
      <div className={css.problemsNone} role="status" data-tone={error ? 'waiting' : 'ok'}>
        {checking ? null : error ? <IconAlertTriangle size={15} /> : <IconCircleCheck size={15} />}
        {checking ? t('playbooks.source.checking') : said}
      </div>
    )
  }
  return (
    <div
      className={css.problems}
      role="status"
      aria-label={t('playbooks.source.problems', { count: diagnostics.length })}
    >
      {diagnostics.map((diagnostic, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two problems may read the same
        <div key={index} className={css.problem} data-severity={diagnostic.severity}>
          {diagnostic.severity === 'error' ? (
            <IconCircleX size={15} aria-hidden />
          ) : (
            <IconAlertTriangle size={15} aria-hidden />
          )}
          {diagnostic.line ? (
            <Button variant="subtle" size="compact-xs" onClick={() => onGo(diagnostic.line ?? 1)}>
              {t('playbooks.source.line', { line: diagnostic.line })}
            </Button>
          ) : null}
          <span>{diagnostic.message}</span>
        </div>
      ))}
    </div>
  )
}

/** Asks before a tab with unsaved work is closed. */
function useWarnOnLeave(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [dirty])
}
