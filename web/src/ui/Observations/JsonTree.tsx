import { ActionIcon } from '@mantine/core'
import { IconFilter, IconStack2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import css from './Observations.module.css'

interface JsonTreeProps {
  value: unknown
  /** What a leaf's buttons do, with its dotted path. */
  onFilter?: (field: string, value: string) => void
  onStack: (field: string) => void
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The members of a value, by name or by place. */
function membersOf(value: object): [string, unknown][] {
  return Array.isArray(value) ? value.map((item, index) => [String(index), item]) : Object.entries(value)
}

/** Any value as a tree whose branches fold; a leaf can be searched for, or stacked. */
export function JsonTree(props: JsonTreeProps) {
  return (
    <ul className={css.tree}>{isBranch(props.value) ? <Members {...props} value={props.value} path="" /> : null}</ul>
  )
}

function Members({ value, path, ...acts }: JsonTreeProps & { value: object; path: string }) {
  // The paths of the API go through objects, not into lists.
  const inList = Array.isArray(value)
  return membersOf(value).map(([name, member]) => (
    <Member key={name} name={name} value={member} path={inList ? null : path ? `${path}.${name}` : name} {...acts} />
  ))
}

interface MemberProps extends JsonTreeProps {
  name: string
  /** Dotted; null for what stands in a list. */
  path: string | null
}

function Member({ name, value, path, onFilter, onStack }: MemberProps) {
  const { t } = useTranslation()
  if (isBranch(value)) {
    const size = membersOf(value).length
    return (
      <li>
        <details open={size <= 40}>
          <summary className={css.branch}>
            <span className={css.name}>{name}</span>
            <span className={css.size}>
              {t(Array.isArray(value) ? 'observations.detail.items' : 'observations.detail.fields', { count: size })}
            </span>
          </summary>
          <ul className={css.tree}>
            {path === null ? (
              membersOf(value).map(([inner, member]) => (
                <Member key={inner} name={inner} value={member} path={null} onFilter={onFilter} onStack={onStack} />
              ))
            ) : (
              <Members value={value} path={path} onFilter={onFilter} onStack={onStack} />
            )}
          </ul>
        </details>
      </li>
    )
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return (
    <li className={css.leaf}>
      <span className={css.name}>{name}</span>
      <span className={typeof value === 'string' ? css.text : css.literal}>{text}</span>
      {path !== null && value !== null && text !== '' ? (
        <span className={css.acts}>
          {onFilter ? (
            <ActionIcon
              size="sm"
              aria-label={t('observations.detail.only', { field: path, value: text.slice(0, 80) })}
              title={t('observations.detail.only', { field: path, value: text.slice(0, 80) })}
              onClick={() => onFilter(path, text)}
            >
              <IconFilter size={13} />
            </ActionIcon>
          ) : null}
          <ActionIcon
            size="sm"
            aria-label={t('observations.detail.stack', { field: path })}
            title={t('observations.detail.stack', { field: path })}
            onClick={() => onStack(path)}
          >
            <IconStack2 size={13} />
          </ActionIcon>
        </span>
      ) : null}
    </li>
  )
}
