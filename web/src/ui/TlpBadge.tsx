import css from './TlpBadge.module.css'

const looks: Record<string, string | undefined> = {
  red: css.red,
  amber: css.amber,
  'amber+strict': css.amber,
  green: css.green,
}

/** With whom a row may be shared, in the words and colours of the Traffic Light Protocol 2.0. */
export function TlpBadge({ tlp }: { tlp: string }) {
  return <span className={`${css.tlp} ${looks[tlp] ?? css.clear}`}>{`TLP:${tlp.toUpperCase()}`}</span>
}
