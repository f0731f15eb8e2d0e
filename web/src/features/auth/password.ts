/** The fewest characters of a password. */
export const shortest = 12
/** The most bytes of a password: what lies beyond would not count. */
export const longest = 72

/** What is wrong with a new password as far as the screen can tell; the server knows the common ones. */
export function passwordFault(password: string): 'short' | 'long' | null {
  if ([...password].length < shortest) return 'short'
  return new TextEncoder().encode(password).length > longest ? 'long' : null
}
