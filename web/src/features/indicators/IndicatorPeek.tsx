import { Button, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Artifact } from '../../api/models'
import { usePaths } from '../../app/me'
import { IndicatorFacts } from './IndicatorFacts'
import { Sightings } from './Sightings'

/** An indicator in short, beside the list. */
export function IndicatorPeek({ row }: { row: Artifact }) {
  const { t } = useTranslation()
  const paths = usePaths()
  return (
    <Stack gap="lg">
      <IndicatorFacts row={row} />
      {row.sightings > 0 ? <Sightings id={row.id} brief /> : null}
      <Button component={Link} to={paths.indicator(row.id)} variant="default" size="sm">
        {t('indicators.openPage')}
      </Button>
    </Stack>
  )
}
