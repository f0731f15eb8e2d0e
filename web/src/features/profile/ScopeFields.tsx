import { Button, Checkbox, Text } from '@mantine/core'
import type { ParseKeys } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './Profile.module.css'
import { allScopes, readingScopes, type ScopeGroup } from './scopes'

interface ScopeFieldsProps {
  groups: ScopeGroup[]
  value: string[]
  error: ReactNode
  onChange: (scopes: string[]) => void
}

/** What a key may do, one box for each scope, by what it is about. */
export function ScopeFields({ groups, value, error, onChange }: ScopeFieldsProps) {
  const { t, i18n } = useTranslation()
  // A server newer than this screen may know more; its own words serve then.
  const word = (key: string, other: string) => (i18n.exists(key) ? (t(key as ParseKeys) as string) : other)
  const toggle = (name: string) =>
    onChange(value.includes(name) ? value.filter((other) => other !== name) : [...value, name])
  return (
    <div>
      <div className={css.scopeHead}>
        <div>
          <Text size="sm" fw={500}>
            {t('account.keys.scopes')}
          </Text>
          <Text size="xs" c="dimmed">
            {t('account.keys.scopesHint')}
          </Text>
        </div>
        <div className={css.buttons}>
          <Button variant="subtle" size="compact-xs" onClick={() => onChange(readingScopes(groups))}>
            {t('account.keys.readOnly')}
          </Button>
          <Button variant="subtle" size="compact-xs" onClick={() => onChange(allScopes(groups))}>
            {t('account.keys.all')}
          </Button>
          <Button variant="subtle" size="compact-xs" onClick={() => onChange([])}>
            {t('account.keys.clear')}
          </Button>
        </div>
      </div>
      <div className={css.scopes}>
        {groups.map(({ resource, scopes }) => (
          <fieldset key={resource}>
            <legend>{word(`account.resource.${resource}`, resource)}</legend>
            {scopes.map(({ name, verb, summary }) => (
              <Checkbox
                key={name}
                className={css.scope}
                size="md"
                label={word(`account.verb.${verb}`, summary)}
                title={summary}
                checked={value.includes(name)}
                onChange={() => toggle(name)}
              />
            ))}
          </fieldset>
        ))}
      </div>
      {error ? (
        <Text size="xs" c="var(--vc-failed)" mt={6} role="alert">
          {error}
        </Text>
      ) : null}
    </div>
  )
}
