/** What belongs to a moment, not to a view of a list: what is open, and what is being made. */
const passing = ['row', 'new', 'open', 'tab']

/** The part of an address that a view keeps, in an order of its own so that equal views are equal texts. */
export function viewQuery(params: URLSearchParams): string {
  const kept = new URLSearchParams([...params].filter(([name, value]) => value !== '' && !passing.includes(name)))
  kept.sort()
  return kept.toString()
}
