import * as z from 'zod/mini'

/** What the notification socket says. A message with `seq` is a notification; the rest is progress. */
const message = z.looseObject({
  type: z.string(),
  seq: z.optional(z.number()),
  last_seq: z.optional(z.number()),
  id: z.optional(z.number()),
  status: z.optional(z.string()),
  execution_id: z.optional(z.number()),
  key: z.optional(z.string()),
  title: z.optional(z.string()),
  message: z.optional(z.nullable(z.string())),
  severity: z.optional(z.nullable(z.string())),
  link: z.optional(z.nullable(z.string())),
})

export type LiveMessage = z.infer<typeof message>

/** Reads one frame, or null when it is none of ours. */
export function parseMessage(frame: unknown): LiveMessage | null {
  if (typeof frame !== 'string') return null
  try {
    const result = message.safeParse(JSON.parse(frame))
    return result.success ? result.data : null
  } catch {
    return null
  }
}
