import '../../i18n/observations'
import { Button } from '@mantine/core'
import { IconSearch, IconStack2 } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useMay, usePaths } from '../../app/me'
import { NoRight } from '../../app/NotFound'
import { Page } from '../../ui/Page'
import { EmptyState } from '../../ui/States'
import { useUrl } from '../../ui/useUrl'
import { FieldList } from './FieldList'
import css from './Observations.module.css'
import { StackValues } from './StackValues'
import { stackOf } from './stackFilters'

const SourcePicker = lazy(async () => ({ default: (await import('./SourcePicker')).SourcePicker }))

/** The values of a field over all hosts: what few of them have stands out. */
export function StackPage() {
  return useMay('observations:read') ? <Stack /> : <NoRight />
}

function Stack() {
  const { t } = useTranslation()
  const paths = usePaths()
  const [params] = useUrl()
  const filter = stackOf(params)
  return (
    <Page
      fill
      title={t('observations.stackTitle')}
      actions={
        <>
          <Suspense fallback={<div className={css.pickerSpace} aria-busy />}>
            <SourcePicker />
          </Suspense>
          <Button
            component={Link}
            to={paths.observations}
            size="sm"
            variant="default"
            leftSection={<IconSearch size={15} />}
          >
            {t('observations.toSearch')}
          </Button>
        </>
      }
    >
      <div className={css.stack}>
        <FieldList />
        {filter ? (
          <StackValues filter={filter} />
        ) : (
          <div className={css.hint}>
            <EmptyState icon={IconStack2} title={t('observations.stackTitle')} hint={t('observations.stack.hint')} />
          </div>
        )}
      </div>
    </Page>
  )
}
