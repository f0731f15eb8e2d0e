import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsQuery } from '../../resources/observations'
import { SearchField } from '../../ui/SearchField'
import { EmptyState, ErrorState, LoadingLines } from '../../ui/States'
import { useUrl } from '../../ui/useUrl'
import css from './Observations.module.css'

/** The fields whose values are counted; one is looked at. */
export function FieldList() {
  const { t } = useTranslation()
  const [params, change] = useUrl()
  const [words, setWords] = useState('')
  const query = useQuery(fieldsQuery(params.get('source') ?? ''))
  const chosen = params.get('field')
  const fields = (query.data?.rows ?? []).filter((each) => each.field.toLowerCase().includes(words.toLowerCase()))
  return (
    <nav className={css.fields} aria-label={t('observations.stack.fields')}>
      <div className={css.find}>
        <SearchField width={400} label={t('observations.stack.findField')} value={words} onChange={setWords} />
      </div>
      {query.error && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? (
        <div className={css.loading}>
          <LoadingLines lines={8} />
        </div>
      ) : null}
      {query.data && fields.length === 0 ? (
        <EmptyState
          compact
          title={t(words ? 'common.grid.noMatch' : 'observations.stack.noFields')}
          hint={words ? undefined : t('observations.stack.noFieldsHint')}
        />
      ) : null}
      <ul className={css.fieldItems}>
        {fields.map((each) => (
          <li key={each.field}>
            <button
              type="button"
              className={css.field}
              aria-current={each.field === chosen ? 'true' : undefined}
              onClick={() => change({ field: each.field, value: null, q: null })}
            >
              <span className={css.fieldName}>{each.field}</span>
              <span className={css.fieldCount}>{t('observations.stack.fieldRows', { count: each.values })}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}
