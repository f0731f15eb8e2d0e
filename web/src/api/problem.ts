import { AxiosError } from 'axios'

interface FieldError {
  location: string
  message: string
}

/** A failed call, as RFC 9457 tells it: what happened, the stable code, and the id that finds it in the server's log. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string
  readonly fields: FieldError[]
  /** When the server will take another try, in milliseconds since 1970. */
  readonly retryAt: number | null

  constructor(init: {
    status: number
    code: string
    detail: string
    requestId?: string
    fields?: FieldError[]
    /** In seconds. */
    retryAfter?: number | null
  }) {
    super(init.detail)
    this.name = 'Problem'
    this.status = init.status
    this.code = init.code
    this.requestId = init.requestId ?? ''
    this.fields = init.fields ?? []
    this.retryAt = init.retryAfter ? Date.now() + init.retryAfter * 1000 : null
  }

  /** The message for one field of the body, by its last name: `body.hostname` is `hostname`. */
  field(name: string): string | undefined {
    return this.fields.find((entry) => entry.location.split('.').pop() === name)?.message
  }
}

interface ProblemBody {
  title?: string
  detail?: string
  code?: string
  request_id?: string
  errors?: { location?: string; message?: string }[] | null
}

/** Turns whatever a call threw into a Problem. A cancelled call is passed on as it is. */
export function toProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof AxiosError) || error.code === 'ERR_CANCELED') return error
  const { response } = error
  if (!response) return new Problem({ status: 0, code: 'unreachable', detail: '' })
  const body: ProblemBody = typeof response.data === 'object' && response.data !== null ? response.data : {}
  return new Problem({
    status: response.status,
    code: body.code ?? `http_${response.status}`,
    detail: body.detail ?? body.title ?? '',
    requestId: body.request_id ?? String(response.headers['x-request-id'] ?? ''),
    fields: (body.errors ?? []).map((entry) => ({ location: entry.location ?? '', message: entry.message ?? '' })),
    retryAfter: Number(response.headers['retry-after']) || null,
  })
}
