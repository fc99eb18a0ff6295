/** How a phone joins: an enrolment code from the desk, or account and password. */
import { Problem } from '@/api/client'
import type { ServerKey, Token } from '@/api/types'
import { ensureKey } from './local_key'
import type { Phone } from './phone'
import type { Session } from './store'

export type Credentials = { enrolment_code: string; device_name: string } | { account: string; password: string; device_name: string }

/** Without the server's key nothing could be sealed, so a phone has joined only when it has both. */
export async function join(phone: Phone, credentials: Credentials): Promise<Session> {
  const token = await phone.client.call<Token>('/api/v1/tokens', { method: 'POST', body: credentials, timeout: 30_000 })
  const serverKey = await phone.client.call<ServerKey>('/api/v1/server-key', { timeout: 30_000 })
  const session: Session = {
    token: token.token, device: token.device, account: token.account, cache_hours: token.cache_hours,
    server_key: serverKey.public_key, server_key_id: serverKey.key_id, revoked: false, expired: false,
  }
  const { db } = phone
  await db.transaction('rw', db.notes, async () => {
    await db.drop('farewell')
    const before = await db.note('session')
    if (before && before.device.id !== session.device.id) await startCountingAnew(phone)
    await db.keep('session', session)
  })
  await ensureKey(db, 'own')
  return session
}

/** Another device to the server: its counts begin at nothing, though what waits here goes on waiting. */
async function startCountingAnew({ db }: Phone): Promise<void> {
  const counters = await db.note('counters')
  if (counters) await db.keep('counters', { ...counters, delivered: 0 })
  await db.drop('comparison')
}

export async function refreshServerKey(phone: Phone): Promise<void> {
  const { db } = phone
  const serverKey = await phone.client.call<ServerKey>('/api/v1/server-key', { timeout: 30_000 })
  const session = await db.note('session')
  if (session && session.server_key_id !== serverKey.key_id) {
    await db.keep('session', { ...session, server_key: serverKey.public_key, server_key_id: serverKey.key_id })
  }
}

/** The server does not know the token any more. Nothing is lost: signing in again goes on where this stood. */
export async function markExpired(phone: Phone): Promise<void> {
  const { db } = phone
  await db.transaction('rw', db.notes, async () => {
    const session = await db.note('session')
    if (session && !session.expired) await db.keep('session', { ...session, expired: true })
  })
}

export function isUnknownToken(problem: unknown): problem is Problem {
  return problem instanceof Problem && problem.status === 401
}

/** Reads a code from what a camera saw or a hand typed: the bare code, or the install address that carries it. */
export function enrolmentCode(text: string): string | null {
  const trimmed = text.trim()
  const carried = /[#?&](?:code|enrol|enrolment_code)=([A-Za-z0-9-]+)/.exec(trimmed)?.[1]
  const bare = /^[A-Za-z0-9][A-Za-z0-9 -]{4,62}[A-Za-z0-9]$/.test(trimmed) ? trimmed.replace(/\s+/g, '') : null
  return carried ?? bare
}
