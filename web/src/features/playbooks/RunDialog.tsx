import '../../i18n/playbooks'
import { Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Playbook } from '../../api/models'
import { Problem } from '../../api/problem'
import { usePaths } from '../../app/me'
import { inputsOf, stepsOf } from '../../documents/playbook'
import { keys } from '../../resources/keys'
import { executePlaybook } from '../../resources/playbooks'
import { FormDialog } from '../../ui/FormDialog'
import { InputField } from '../../ui/inputs/InputField'
import { collect, type Draft, firstValues, freeInput, usesBareNames } from '../../ui/inputs/inputs'
import { toastDone } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'

interface RunDialogProps {
  playbook: Playbook
  onClose: () => void
}

function useRun(playbook: Playbook, onRefused: (errors: Record<string, string>) => void) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const refresh = useRefresh()
  const [attempt, setAttempt] = useState(() => crypto.randomUUID())
  return useMutation({
    mutationFn: (inputs: Record<string, unknown>) => executePlaybook(playbook.id, inputs, attempt),
    onSuccess: (run) => {
      void refresh(keys.executions, keys.dashboard)
      toastDone(t('playbooks.runForm.started', { id: run.id }))
      void navigate(paths.run(run.id))
    },
    onError: (error) => {
      // A corrected form is another request; the same key would be refused.
      if (error instanceof Problem && error.status >= 400 && error.status < 500) setAttempt(crypto.randomUUID())
      if (error instanceof Problem) {
        onRefused(
          Object.fromEntries(error.fields.map((field) => [field.location.split('.').pop() ?? '', field.message])),
        )
      }
    },
  })
}

/** Asks for what a playbook needs and starts it; a fresh form, and a fresh idempotency key, each time it opens. */
export function RunDialog({ playbook, onClose }: RunDialogProps) {
  const { t } = useTranslation()
  const declared = inputsOf(playbook.inputs)
  const specs =
    declared.length > 0
      ? declared
      : usesBareNames(playbook.actions)
        ? [freeInput(t('playbooks.runForm.extra'), t('playbooks.runForm.extraHint'))]
        : []
  const [draft, setDraft] = useState<Draft>(() => firstValues(specs))
  const [errors, setErrors] = useState<Record<string, string>>({})
  const run = useRun(playbook, setErrors)
  return (
    <FormDialog
      opened
      title={t('playbooks.runForm.title', { name: playbook.name })}
      submit={t('playbooks.runForm.submit')}
      pending={run.isPending}
      error={run.error}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault()
        const result = collect(specs, draft)
        const said = Object.entries(result.problems).map(([name, { key, values }]) => [name, t(key, values)] as const)
        setErrors(Object.fromEntries(said))
        if (said.length === 0) run.mutate(result.inputs)
      }}
    >
      {specs.length === 0 ? (
        <Text>{t('playbooks.runForm.noInputs', { count: stepsOf(playbook.actions).length })}</Text>
      ) : null}
      {specs.map((spec, index) => (
        <InputField
          key={spec.name}
          spec={spec}
          first={index === 0}
          value={draft[spec.name]}
          error={errors[spec.name]}
          onChange={(value) => setDraft((before) => ({ ...before, [spec.name]: value }))}
        />
      ))}
    </FormDialog>
  )
}
