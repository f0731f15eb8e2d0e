/** What an api_client file says about itself, for the person to see what was chosen. The server reads it properly. */
interface ClientFile {
  name: string
  address: string
  /** The parts every such file has which this one lacks. */
  lacks: string[]
}

const parts = ['ca_certificate', 'client_cert', 'client_private_key', 'api_connection_string', 'name'] as const

/** Looks into the text of an api_client file. */
export function lookInto(text: string): ClientFile {
  const value = (key: string) => new RegExp(`^${key}:[ \\t]*["']?([^"'\\r\\n#]*)`, 'm').exec(text)?.[1]?.trim() ?? ''
  return {
    name: value('name'),
    address: value('api_connection_string'),
    lacks: parts.filter((key) => !new RegExp(`^${key}:`, 'm').test(text)),
  }
}

/** Larger than any such file: whatever that is, it is not read. */
export const largestFile = 256 * 1024
