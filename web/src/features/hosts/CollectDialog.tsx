import '../../i18n/collections'
import { Alert, Button, Group, NumberInput } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Collection, Host, NewCollection } from '../../api/models'
import { Problem } from '../../api/problem'
import { usePaths } from '../../app/me'
import { collect, collectionQuery } from '../../resources/collections'
import { keys } from '../../resources/keys'
import { veloArtifactQuery } from '../../resources/veloArtifacts'
import { ArtifactPicker } from '../../ui/ArtifactPicker/ArtifactPicker'
import { type ChosenArtifact, isSound } from '../../ui/ArtifactPicker/parameters'
import { FormDialog } from '../../ui/FormDialog'
import { toastDone } from '../../ui/toast'

interface CollectDialogProps {
  host: Host
  /** The artifact that stands in the form when it opens. */
  first?: string
  onClose: () => void
}

interface Limits {
  timeout?: number
  max_rows?: number
}

/** Collects an artifact from a host: which one, with what, and how much at most. */
export function CollectDialog({ host, first, onClose }: CollectDialogProps) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<ChosenArtifact | undefined>(first ? { name: first, parameters: {} } : undefined)
  const [limits, setLimits] = useState<Limits>({})
  const [tried, setTried] = useState(false)
  const definition = useQuery({ ...veloArtifactQuery(chosen?.name ?? ''), enabled: chosen !== undefined }).data
  const { start, errorOf } = useCollect(onClose)
  const submit = () => {
    setTried(true)
    if (!chosen || !isSound(definition, chosen.parameters)) return
    start.mutate({ host_id: host.id, artifact_name: chosen.name, parameters: chosen.parameters, ...limits })
  }
  return (
    <FormDialog
      opened
      title={t('collections.collect.title', { name: host.hostname })}
      submit={t('collections.collect.submit')}
      pending={start.isPending}
      error={start.error}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {host.online ? null : (
        <Alert color="orange" variant="light" role="status">
          {t('collections.collect.offline')}
        </Alert>
      )}
      <ArtifactPicker
        first
        value={chosen ? [chosen] : []}
        error={errorOf('artifact_name') ?? (tried && !chosen ? t('collections.collect.choose') : undefined)}
        errorOf={(_, parameter) => errorOf(parameter)}
        onChange={([next]) => {
          setChosen(next)
          setTried(false)
        }}
      />
      <LimitFields limits={limits} errorOf={errorOf} onChange={setLimits} />
    </FormDialog>
  )
}

/** Starts it once, however often the button is pressed, and shows what becomes of it. */
function useCollect(onClose: () => void) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const paths = usePaths()
  const client = useQueryClient()
  const [attempt, setAttempt] = useState(() => crypto.randomUUID())
  const start = useMutation({
    mutationFn: (body: NewCollection) => collect(body, attempt),
    onSuccess: (row) => {
      client.setQueryData<Collection>(collectionQuery(row.id).queryKey, row)
      void client.invalidateQueries({ queryKey: [keys.collections] })
      toastDone(t('collections.collect.begun', { artifact: row.artifact_name }))
      // Closed first: that changes the address, and would lead back here.
      onClose()
      void navigate(paths.collection(row.id))
    },
    onError: (error) => {
      // A corrected form is another request; the same key would be refused.
      if (error instanceof Problem && error.status >= 400 && error.status < 500) setAttempt(crypto.randomUUID())
    },
  })
  const errorOf = (name: string) => (start.error instanceof Problem ? start.error.field(name) : undefined)
  return { start, errorOf }
}

interface LimitFieldsProps {
  limits: Limits
  errorOf: (name: string) => string | undefined
  onChange: (limits: Limits) => void
}

/** How long and how much at most; hidden until somebody wants it. */
function LimitFields({ limits, errorOf, onChange }: LimitFieldsProps) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(false)
  if (!shown && !errorOf('timeout') && !errorOf('max_rows')) {
    return (
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: 'start' }}
        leftSection={<IconAdjustmentsHorizontal size={15} />}
        onClick={() => setShown(true)}
      >
        {t('collections.collect.limits')}
      </Button>
    )
  }
  const field = (name: keyof Limits) => ({
    label: t(`collections.collect.${name}`),
    description: t(`collections.collect.${name}Hint`),
    error: errorOf(name),
    min: 1,
    allowDecimal: false,
    value: limits[name] ?? '',
    onChange: (value: string | number) => {
      const { [name]: _, ...rest } = limits
      onChange(typeof value === 'number' ? { ...rest, [name]: value } : rest)
    },
  })
  return (
    <Group grow align="start">
      <NumberInput {...field('timeout')} />
      <NumberInput {...field('max_rows')} thousandSeparator="," />
    </Group>
  )
}
