import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { usePaths } from '../../app/me'
import { hostQuery } from '../../resources/hosts'
import { RowPicker } from '../../ui/RowPicker'
import css from './Connection.module.css'

interface HostChipsProps {
  ids: number[]
  onChange: (ids: number[]) => void
}

/** Hosts by name, with one more to be found and added. */
export function HostChips({ ids, onChange }: HostChipsProps) {
  const { t } = useTranslation()
  const paths = usePaths()
  const hosts = useQueries({ queries: ids.map((id) => hostQuery(id)) })
  return (
    <div>
      <RowPicker
        kind="host"
        label={t('connection.never.hosts')}
        description={t('connection.never.hostsHint')}
        value=""
        onChange={(id) => {
          if (id && !ids.includes(Number(id))) onChange([...ids, Number(id)])
        }}
      />
      <ul className={css.checks}>
        {ids.map((id, index) => {
          const name = hosts[index]?.data?.hostname ?? `#${id}`
          return (
            <li key={id}>
              <Link to={paths.host(id)}>{name}</Link>
              <ActionIcon
                size="sm"
                aria-label={t('connection.never.remove', { name })}
                onClick={() => onChange(ids.filter((each) => each !== id))}
              >
                <IconX size={13} />
              </ActionIcon>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
