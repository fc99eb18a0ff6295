/** Whom the desk asks: the session's cookie goes along by itself, the CSRF token with every call that changes something. */
import { ref } from 'vue'
import { makeClient, Problem, type Call } from '@/api/client'
import { say } from './words'

const csrf = ref('')
/** The latest moment for which the server gave us data; the head of the page shows it. */
export const dataAsOf = ref<Date | null>(null)
/** Called when the session is over, wherever that was noticed. */
let signedOut: () => void = () => undefined

export function onSignedOut(what: () => void): void {
  signedOut = what
}

export function useCsrf(token: string): void {
  csrf.value = token
}

const client = makeClient({
  headers: (): Record<string, string> => (csrfNow() ? { 'X-CSRFToken': csrfNow() } : {}),
  words: (code) => say(code),
})

function csrfNow(): string {
  return csrf.value || (/(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? '')
}

/** Paths are told without /api/v1. */
export async function ask<T>(path: string, call?: Call): Promise<T> {
  const body = await watched(path, client.call<T>(`/api/v1${path}`, call))
  noteMoment(body)
  return body
}

/** A file that is asked for with a body: whoever takes people away on paper says why. */
export const postForFile = (path: string, body: unknown): Promise<Blob> => watched(path, client.file(`/api/v1${path}`, { method: 'POST', body }))

async function watched<T>(path: string, called: Promise<T>): Promise<T> {
  try {
    return await called
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && !path.startsWith('/session')) signedOut()
    throw error
  }
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => ask<T>(path + queryString(query), { signal })
export const post = <T>(path: string, body: unknown = {}) => ask<T>(path, { method: 'POST', body })
export const put = <T>(path: string, body: unknown) => ask<T>(path, { method: 'PUT', body })
export const patch = <T>(path: string, body: unknown) => ask<T>(path, { method: 'PATCH', body })
export const remove = <T>(path: string, body?: unknown) => ask<T>(path, { method: 'DELETE', body })

export function upload<T>(path: string, file: File, fields: Record<string, string> = {}): Promise<T> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', file, file.name)
  return ask<T>(path, { method: 'POST', body: form })
}

export type Query = Record<string, string | number | boolean | null | undefined>

export function queryString(query: Query = {}): string {
  const filled = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return filled.length ? `?${new URLSearchParams(filled.map(([k, v]) => [k, String(v)]))}` : ''
}

/** A file that the browser fetches by itself (export, template, error workbook): an address, not a call. */
export const fileAddress = (path: string, query?: Query) => `/api/v1${path}${queryString(query)}`

function noteMoment(body: unknown): void {
  const moment = (body as { as_of?: unknown } | undefined)?.as_of
  if (typeof moment !== 'string') return
  const at = new Date(moment)
  if (!Number.isNaN(at.getTime()) && (!dataAsOf.value || at > dataAsOf.value)) dataAsOf.value = at
}

export { Problem }

/** Whatever was thrown, as something with a sentence. */
export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem({ code: 'problem.desk_broke', message: say('problem.desk_broke') }, -1)
}
