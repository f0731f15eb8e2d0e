/** The sort an address asks for, when the list can be sorted so; else the list's own. */
export function sortFrom<Field extends string>(
  params: URLSearchParams,
  fields: readonly Field[],
  own: Field | `-${Field}`,
): Field | `-${Field}` {
  const wanted = params.get('sort') ?? ''
  const known = fields.flatMap((field) => [field, `-${field}`] as const)
  return known.find((sort) => sort === wanted) ?? own
}
