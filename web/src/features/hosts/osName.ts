const names: Record<string, string> = { windows: 'Windows', linux: 'Linux', darwin: 'macOS' }

/** A system as people call it; what a source said otherwise stays as it is. */
export const osName = (os: string) => names[os.toLowerCase()] ?? os
