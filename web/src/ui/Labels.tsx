import css from './Labels.module.css'

/** Words in frames: labels of a host, tags of a case. */
export function Labels({ labels, limit }: { labels: readonly string[] | null | undefined; limit?: number }) {
  const all = labels ?? []
  const first = limit === undefined ? all : all.slice(0, limit)
  const rest = all.slice(first.length)
  return (
    <span className={limit === undefined ? css.labels : `${css.labels} ${css.oneLine}`}>
      {first.map((label) => (
        <span key={label} className={css.label} title={label}>
          {label}
        </span>
      ))}
      {rest.length > 0 ? (
        <span className={css.rest} title={rest.join(', ')}>
          {`+${rest.length}`}
        </span>
      ) : null}
    </span>
  )
}
