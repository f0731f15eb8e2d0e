import { useTranslation } from 'react-i18next'
import type { Host } from '../../api/models'
import { criticalities } from './filters'
import css from './Hosts.module.css'

/** How much a host matters, as bars and a word: not a threat, so without a threat's colours. */
export function Criticality({ value }: { value: Host['criticality'] }) {
  const { t } = useTranslation()
  const level = criticalities.length - criticalities.indexOf(value)
  return (
    <span className={css.criticality}>
      <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden>
        {[1, 2, 3, 4].map((bar) => (
          <rect
            key={bar}
            x={(bar - 1) * 3.6}
            y={11 - bar * 2.6}
            width="2.6"
            height={bar * 2.6}
            fill="currentColor"
            opacity={bar <= level ? 1 : 0.25}
          />
        ))}
      </svg>
      {t(`hosts.criticality.${value}`)}
    </span>
  )
}
