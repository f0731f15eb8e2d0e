/** A name for the API made from a label: small letters, digits and underscores, starting with a letter. */
export function keyFrom(label: string): string {
  return label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 50)
}
