import type { AxiosRequestConfig, AxiosResponse } from 'axios'
import { http } from './http'
import type { paths } from './schema'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Json = 'application/json'

/** Every path of the contract that knows the method. */
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never
}[keyof paths]

type OperationOf<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never

type ContentOf<R> = R extends { content: { [K in Json]: infer Answer } } ? Answer : undefined
type Success<R> = { [S in keyof R & (200 | 201 | 202 | 204)]: ContentOf<R[S]> }[keyof R & (200 | 201 | 202 | 204)]

/** What the operation answers when it goes well; undefined for 204. */
export type AnswerOf<P extends keyof paths, M extends Method> =
  OperationOf<P, M> extends { responses: infer R } ? Success<R> : never

/** The JSON body the operation takes. */
export type BodyOf<P extends keyof paths, M extends Method> =
  NonNullable<OperationOf<P, M> extends { requestBody?: infer B } ? B : never> extends {
    content: { [K in Json]: infer Body }
  }
    ? Body
    : undefined

/** The query the operation takes. */
export type QueryOf<P extends keyof paths, M extends Method> =
  OperationOf<P, M> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never

type PathParams<P extends keyof paths, M extends Method> =
  OperationOf<P, M> extends { parameters: { path: infer V } } ? V : never

type Needs<Key extends string, Value> = [Value] extends [never] ? unknown : { [K in Key]: Value }

type CallOptions<P extends keyof paths, M extends Method> = {
  query?: QueryOf<P, M>
  body?: BodyOf<P, M>
  signal?: AbortSignal
  headers?: Record<string, string>
  /** Milliseconds; 0 waits as long as it takes. */
  timeout?: number
} & Needs<'path', PathParams<P, M>>

function fill(path: string, values: Record<string, string | number> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
}

/** Lists in a query are written with commas (`explode: false`). */
function joined(query: object = {}): object {
  return Object.fromEntries(
    Object.entries(query).map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : value]),
  )
}

async function send(
  method: Method,
  path: string,
  options: object,
  special: AxiosRequestConfig = {},
): Promise<AxiosResponse> {
  const {
    path: values,
    query,
    body,
    signal,
    headers,
    timeout,
  } = options as {
    path?: Record<string, string | number>
    query?: object
    body?: unknown
    signal?: AbortSignal
    headers?: Record<string, string>
    timeout?: number
  }
  const config: AxiosRequestConfig = {
    method,
    url: fill(path, values),
    params: joined(query),
    data: body,
    headers,
    ...special,
  }
  if (signal) config.signal = signal
  if (timeout !== undefined) config.timeout = timeout
  return http.request(config)
}

/**
 * Calls one operation of the contract. An unknown path, method, query key or body field does not compile; a failure
 * throws a Problem.
 */
export async function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  options: CallOptions<P, M>,
): Promise<AnswerOf<P, M>> {
  const response = await send(method, path, options)
  return response.data as AnswerOf<P, M>
}

/** Adds something: true where that was new, false where it was there already. */
export async function added<P extends PathOf<'post'>>(path: P, options: CallOptions<P, 'post'>): Promise<boolean> {
  const response = await send('post', path, options)
  return response.status === 201
}

/** Reads one row together with its version, which a change names in If-Match so that nobody's work is overwritten. */
export async function versioned<P extends PathOf<'get'>>(
  path: P,
  options: CallOptions<P, 'get'>,
): Promise<{ row: AnswerOf<P, 'get'>; version: string }> {
  const response = await send('get', path, options)
  return { row: response.data as AnswerOf<P, 'get'>, version: String(response.headers.etag ?? '*') }
}

/** Fetches what an operation answers as a file. It may take as long as it takes. */
export async function download<P extends PathOf<'get'>>(path: P, options: CallOptions<P, 'get'>): Promise<Blob> {
  const response = await send('get', path, { ...options, timeout: 0 }, { responseType: 'blob' })
  return response.data as Blob
}

type UploadOptions<P extends keyof paths> = Omit<CallOptions<P, 'post'>, 'body' | 'timeout'> & {
  body: Blob
  /** What the file is, as a media type. */
  type: string
  /** How much of it has gone, 0 to 1. */
  onProgress?: (sent: number) => void
}

/** Sends a file, read from the disk piece by piece, as the body of an operation. It may take as long as it takes. */
export async function upload<P extends PathOf<'post'>>(
  path: P,
  { type, onProgress, ...options }: UploadOptions<P>,
): Promise<AnswerOf<P, 'post'>> {
  const response = await send(
    'post',
    path,
    { ...options, headers: { ...(options as { headers?: object }).headers, 'Content-Type': type }, timeout: 0 },
    // Only XMLHttpRequest tells how far it is.
    { adapter: 'xhr', onUploadProgress: ({ progress }) => onProgress?.(progress ?? 0) },
  )
  return response.data as AnswerOf<P, 'post'>
}

/** One page of a list: the rows, how many there are in all, and the cursor of the next page. */
export interface Page<Row> {
  rows: Row[]
  total: number
  /** False when the server only estimates the total. */
  exact: boolean
  next: string | null
}

type RowOf<Answer> = NonNullable<Answer> extends readonly (infer Row)[] ? Row : never

/** Reads one page of a list. */
export async function list<P extends PathOf<'get'>>(
  path: P,
  options: CallOptions<P, 'get'>,
): Promise<Page<RowOf<AnswerOf<P, 'get'>>>> {
  const response = await send('get', path, options)
  const rows = (response.data ?? []) as RowOf<AnswerOf<P, 'get'>>[]
  const total = Number(response.headers['x-total-count'])
  return {
    rows,
    total: Number.isFinite(total) && response.headers['x-total-count'] !== undefined ? total : rows.length,
    exact: response.headers['x-total-count-exact'] !== 'false',
    next: nextCursor(response.headers.link),
  }
}

/** The cursor in a Link header's rel="next" (RFC 8288), or null on the last page. */
export function nextCursor(link: unknown): string | null {
  for (const part of String(link ?? '').split(/,\s*(?=<)/)) {
    const match = /^<([^>]*)>(.*)$/.exec(part.trim())
    if (match && /;\s*rel="?next"?/.test(match[2] ?? '')) {
      return new URL(match[1] ?? '', 'http://localhost').searchParams.get('cursor')
    }
  }
  return null
}
