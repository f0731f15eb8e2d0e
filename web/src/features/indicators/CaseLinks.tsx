import { Link } from 'react-router'
import { usePaths } from '../../app/me'
import css from './Indicators.module.css'

/** The cases an indicator belongs to, by number. */
export function CaseLinks({ ids, limit }: { ids: readonly number[] | null | undefined; limit: number }) {
  const paths = usePaths()
  const all = ids ?? []
  return (
    <span className={css.caseLinks}>
      {all.slice(0, limit).map((id) => (
        <Link key={id} to={paths.case(id)}>{`#${id}`}</Link>
      ))}
      {all.length > limit ? <span className={css.muted}>{`+${all.length - limit}`}</span> : null}
    </span>
  )
}
