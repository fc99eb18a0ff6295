/** Talks to the server. What goes wrong becomes a Problem with a stable code and a sentence one can show. */
import { acceptLanguage } from '@/i18n'

export interface ProblemBody {
  code: string
  message: string
  details?: Record<string, unknown>
}

export class Problem extends Error {
  readonly code: string
  readonly details: Record<string, unknown>
  readonly status: number
  /** Seconds the server asked us to wait (503). */
  readonly retryAfter: number | undefined
  /** `people`: the server says that cached people must go from this device. */
  readonly wipe: string | undefined

  constructor(body: ProblemBody, status: number, headers?: Headers) {
    super(body.message)
    this.name = 'Problem'
    this.code = body.code
    this.details = body.details ?? {}
    this.status = status
    this.retryAfter = secondsOf(headers?.get('Retry-After'))
    this.wipe = headers?.get('Lianfang-Wipe') ?? undefined
  }

  /** Never reached the server: there is nothing to correct, only to wait for. */
  get isOffline(): boolean {
    return this.status === 0
  }
}

function secondsOf(value: string | null | undefined): number | undefined {
  if (!value) return undefined
  const seconds = Number(value)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined
}

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  /** JSON that is sent exactly as it stands, instead of `body`. */
  text?: string
  headers?: Record<string, string>
  signal?: AbortSignal
  /** Give up after so many milliseconds; the call counts as never having reached the server. */
  timeout?: number
}

export interface Answer<T> {
  body: T
  headers: Headers
  /** Bytes of the body as text, for "how much will this cost me". */
  size: number
}

export interface Client {
  call<T>(path: string, call?: Call): Promise<T>
  answer<T>(path: string, call?: Call): Promise<Answer<T>>
  /** A file, such as a sheet to print. */
  file(path: string, call?: Call): Promise<Blob>
}

/** A client whose headers (token, CSRF) are asked for anew at each call. `words` turns a code of our own into a sentence. */
export function makeClient(options: {
  headers?: () => Record<string, string> | Promise<Record<string, string>>
  words: (code: string) => string
  fetch?: typeof globalThis.fetch
}): Client {
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args))

  async function answer<T>(path: string, call: Call = {}): Promise<Answer<T>> {
    const response = await reach(path, call)
    const text = await readText(response)
    if (response.ok) return { body: parse<T>(text, response), headers: response.headers, size: text.length }
    throw new Problem(problemBody(text, response), response.status, response.headers)
  }

  async function file(path: string, call: Call = {}): Promise<Blob> {
    const response = await reach(path, call)
    if (response.ok) return response.blob()
    throw new Problem(problemBody(await readText(response), response), response.status, response.headers)
  }

  async function reach(path: string, call: Call): Promise<Response> {
    const isForm = typeof FormData !== 'undefined' && call.body instanceof FormData
    const headers: Record<string, string> = {
      Accept: 'application/json',
      'Accept-Language': acceptLanguage(),
      ...((call.body !== undefined && !isForm) || call.text !== undefined ? { 'Content-Type': 'application/json' } : {}),
      ...(await options.headers?.()),
      ...call.headers,
    }
    const abort = new AbortController()
    const timer = call.timeout ? setTimeout(() => abort.abort(), call.timeout) : undefined
    call.signal?.addEventListener('abort', () => abort.abort(), { once: true })
    try {
      const body = call.text ?? (call.body === undefined ? undefined : isForm ? (call.body as FormData) : JSON.stringify(call.body))
      return await send(path, { method: call.method ?? 'GET', headers, body, signal: abort.signal, credentials: 'same-origin', cache: 'no-store' })
    } catch {
      throw new Problem({ code: 'problem.no_connection', message: options.words('problem.no_connection') }, 0)
    } finally {
      clearTimeout(timer)
    }
  }

  async function readText(response: Response): Promise<string> {
    try {
      return await response.text()
    } catch {
      throw new Problem({ code: 'problem.no_connection', message: options.words('problem.no_connection') }, 0)
    }
  }

  function parse<T>(text: string, response: Response): T {
    if (text === '') return undefined as T
    try {
      return JSON.parse(text) as T
    } catch {
      throw new Problem({ code: 'problem.not_json', message: options.words('problem.not_json') }, response.status, response.headers)
    }
  }

  function problemBody(text: string, response: Response): ProblemBody {
    try {
      const body = JSON.parse(text) as Partial<ProblemBody>
      if (typeof body.code === 'string' && typeof body.message === 'string') return body as ProblemBody
    } catch {
      // Not ours: a proxy's page, or nothing at all.
    }
    return { code: 'problem.server_broke', message: options.words('problem.server_broke'), details: { status: response.status } }
  }

  return { answer, file, call: async <T>(path: string, call?: Call) => (await answer<T>(path, call)).body }
}
