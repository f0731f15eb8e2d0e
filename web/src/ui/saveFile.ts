/** Lets the browser keep a file under a name without what file systems refuse. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name.replace(/[^\p{L}\p{N}._ -]+/gu, '_')
  link.click()
  // The browser has begun by then; without this the file would stay in memory.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
