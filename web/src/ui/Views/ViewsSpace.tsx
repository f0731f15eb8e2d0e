import { Button } from '@mantine/core'
import { IconBookmark } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** What the menu of views will look like, so that nothing moves when it comes. */
export function ViewsSpace() {
  const { t } = useTranslation()
  return (
    <Button size="sm" variant="default" disabled leftSection={<IconBookmark size={15} />}>
      {t('common.views')}
    </Button>
  )
}
