import '../../i18n/playbooks'
import { Switch } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Playbook } from '../../api/models'
import { useMay } from '../../app/me'
import { keys } from '../../resources/keys'
import { setPlaybookEnabled } from '../../resources/playbooks'
import { useErrorText } from '../../ui/errors'
import { toastDone, toastFailed } from '../../ui/toast'
import { useRefresh } from '../../ui/useRows'

/** Whether a playbook listens. It moves once the server has agreed: enabling makes things happen by themselves. */
export function EnabledSwitch({ playbook }: { playbook: Pick<Playbook, 'id' | 'name' | 'enabled'> }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const text = useErrorText()
  const allowed = useMay('playbooks:manage')
  const toggle = useMutation({
    mutationFn: (enabled: boolean) => setPlaybookEnabled(playbook.id, enabled),
    onSuccess: async (_row, enabled) => {
      await refresh(keys.playbooks)
      toastDone(t(enabled ? 'playbooks.enabledDone' : 'playbooks.disabledDone', { name: playbook.name }))
    },
    onError: (error) => toastFailed(text(error)),
  })
  return (
    <Switch
      size="sm"
      checked={playbook.enabled}
      disabled={!allowed || toggle.isPending}
      onChange={(event) => toggle.mutate(event.target.checked)}
      aria-label={t('playbooks.enable', { name: playbook.name })}
    />
  )
}
