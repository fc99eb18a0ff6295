/**
 * One round with the server: hand in, fetch, compare counts.
 *
 * Rounds start by hand, on a timer, when the phone says it is online again, and when the app comes to the front; the `online` event alone is
 * not to be trusted. One tab does it at a time (Web Locks); where a browser has none, two may, and the server counts each record once anyway.
 */
import { Problem } from '@/api/client'
import type { DeviceCount } from '@/api/types'
import { isUnknownToken, markExpired, refreshServerKey } from './session'
import { sendWaiting } from './sender'
import { carryNothing, pullFeed, type Pulled } from './slice'
import type { Phone } from './phone'
import type { LastSync } from './store'
import { farewell, forgetNamesWhenDue, wipePeople } from './wipe'

const LOCK = 'lianfang-sync'
const FIRST_RETRY_S = 5
const LONGEST_RETRY_S = 300
const LONGEST_PAUSE_MS = 3_600_000
const REPAIR_AT_MOST_EVERY_MS = 3_600_000
const SENT_SHOWN_FOR_MS = 7 * 86_400_000

export type Round = 'full' | 'send'

export interface Outcome {
  /** busy: another tab is at it · paused: the server asked for time · none: nobody is signed in. */
  result: 'ok' | 'failed' | 'busy' | 'paused' | 'none'
  problem?: Problem
  pulled?: Pulled
  /** Of `paused`: milliseconds until the server may be asked again. */
  resumesIn?: number
}

export async function sync(phone: Phone, round: Round, onProgress?: (pulled: Pulled) => void): Promise<Outcome> {
  const locks = globalThis.navigator?.locks
  if (!locks) return turn(phone, round, onProgress)
  return locks.request(LOCK, { ifAvailable: true }, async (lock): Promise<Outcome> => (lock ? turn(phone, round, onProgress) : { result: 'busy' }))
}

async function turn(phone: Phone, round: Round, onProgress?: (pulled: Pulled) => void): Promise<Outcome> {
  const { db } = phone
  const session = await db.note('session')
  await forgetNamesWhenDue(phone)
  if (!session || session.expired) return { result: 'none' }
  const resumesIn = ((await db.note('pause_until')) ?? 0) - phone.now()
  // Longer than any pause that is granted: the clock was turned back since.
  if (resumesIn > 0 && resumesIn <= LONGEST_PAUSE_MS) return { result: 'paused', resumesIn }
  try {
    const { sent } = await sendWaiting(phone)
    if (sent > 0) await compareAfterSending(phone)
    const pulled = round === 'full' ? await fetchAll(phone, onProgress) : undefined
    await say(phone, { at: phone.now(), ok: true, code: null, message: null, sent })
    return { result: 'ok', pulled }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    await heed(phone, error)
    await say(phone, { at: phone.now(), ok: false, code: error.code, message: error.message, sent: 0 })
    return { result: 'failed', problem: error }
  }
}

async function fetchAll(phone: Phone, onProgress?: (pulled: Pulled) => void): Promise<Pulled | undefined> {
  const session = await phone.db.note('session')
  if (!session || session.revoked) return undefined
  await refreshServerKey(phone)
  const pulled = await pullFeed(phone, onProgress)
  if (pulled.device) await compare(phone, pulled.device, true)
  return pulled
}

/** A server that says wait is obeyed. One that says people must go is obeyed first, whatever else it says: any answer is contact. */
async function heed(phone: Phone, problem: Problem): Promise<void> {
  if (problem.wipe === 'people') await wipePeople(phone)
  if (problem.status === 503 || problem.status === 429) {
    const wait = problem.retryAfter ?? FIRST_RETRY_S
    const spread = (wait + phone.chance() * Math.max(1, wait / 2)) * 1000
    await phone.db.keep('pause_until', phone.now() + Math.min(spread, LONGEST_PAUSE_MS))
  }
  if (problem.code === 'field.nothing_to_carry') await carryNothing(phone)
  if (!isUnknownToken(problem)) return
  if (problem.wipe === 'people') await handInTheLast(phone)
  else await markExpired(phone)
}

async function handInTheLast(phone: Phone): Promise<void> {
  try {
    await sendWaiting(phone)
  } catch (error) {
    if (!(error instanceof Problem)) throw error // the timer goes on trying
  }
}

async function say(phone: Phone, last: LastSync): Promise<void> {
  if (await phone.db.note('session')) await phone.db.keep('last_sync', last)
}

/** The receipt itself tells the server's count; contents stay until a later exchange says the same. */
async function compareAfterSending(phone: Phone): Promise<void> {
  const device = await phone.db.note('server_count')
  const session = await phone.db.note('session')
  if (device && session && !session.revoked) await compare(phone, device, false)
}

/**
 * Phone and server tell each other how many records they know of. Equal: contents of delivered ones may go. Different: everything still
 * kept is sent once more, which can only repair, and the worker is told.
 */
export async function compare(phone: Phone, device: DeviceCount, mayLetGo: boolean): Promise<void> {
  const { db } = phone
  await db.transaction('rw', [db.records, db.notes], async () => {
    if ((await db.records.where('state').equals('waiting').count()) > 0) return // saved since: compare next time
    const counters = (await db.note('counters')) ?? { n: 0, delivered: 0, returned: 0 }
    const server = device.stored + device.held
    const equal = server === counters.delivered
    await db.keep('comparison', { at: phone.now(), phone: counters.delivered, server, equal })
    if (!equal) await sendAgain(phone)
    else if (mayLetGo) await letGo(phone)
  })
}

async function letGo({ db, now }: Phone): Promise<void> {
  const sent = db.records.where('state').equals('sent')
  await sent.modify({ box: null, sealed: null })
  await db.records.where('state').equals('sent').filter((record) => (record.settled_at ?? 0) < now() - SENT_SHOWN_FOR_MS).delete()
}

async function sendAgain({ db, now }: Phone): Promise<void> {
  if (Math.abs(now() - ((await db.note('repaired_at')) ?? 0)) < REPAIR_AT_MOST_EVERY_MS) return
  const kept = db.records.where('state').equals('sent').filter((record) => record.sealed !== null)
  if ((await kept.count()) === 0) return
  await kept.modify({ state: 'waiting' })
  await db.keep('repaired_at', now())
}

/** How long until the next try: doubling, never over five minutes, spread by half so that phones do not come back together. */
export function retryAfter(failures: number, chance: number): number {
  return Math.min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** Math.max(0, failures - 1)) * (0.5 + chance) * 1000
}

const SEND_EVERY_MS = 30_000
const FETCH_EVERY_MS = 300_000

/** Keeps rounds going while the app is open. Returns how to nudge it and how to stop it. */
export function keepSyncing(phone: Phone, onOutcome: (outcome: Outcome) => void = () => {}) {
  let failures = 0
  let fetchedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<Outcome> | null = null
  let stopped = false

  async function go(round: Round, onProgress?: (pulled: Pulled) => void): Promise<Outcome> {
    if (running) {
      const before = await running
      if (round === 'send' && before.result !== 'ok') return before
    }
    running = sync(phone, round, onProgress)
    let outcome: Outcome | undefined
    try {
      outcome = await running
      if (outcome.result === 'failed') failures++
      else if (outcome.result !== 'paused') failures = 0
      if (outcome.result === 'ok' && round === 'full') fetchedAt = phone.now()
      onOutcome(outcome)
      return outcome
    } finally {
      running = null
      plan(outcome?.resumesIn)
    }
  }

  /** A pause the server asked for ends when it said, not a whole round later. */
  function plan(resumesIn?: number): void {
    if (stopped) return
    clearTimeout(timer)
    timer = setTimeout(tick, resumesIn ?? (failures > 0 ? retryAfter(failures, phone.chance()) : SEND_EVERY_MS * (0.75 + phone.chance() / 2)))
  }

  async function tick(): Promise<void> {
    const isDue = phone.now() - fetchedAt >= FETCH_EVERY_MS
    const waits = (await phone.db.records.where('state').equals('waiting').count()) > 0
    if (isDue || waits || failures > 0) await go(isDue || !waits ? 'full' : 'send')
    else {
      await forgetNamesWhenDue(phone)
      await farewell(phone)
      plan()
    }
  }

  const onOnline = () => setTimeout(() => void go('full'), phone.chance() * 3000)
  const onVisible = () => document.visibilityState === 'visible' && void tick()
  globalThis.addEventListener?.('online', onOnline)
  globalThis.document?.addEventListener('visibilitychange', onVisible)
  void tick() // what a kill left waiting goes out as soon as the app is open again

  return {
    now: (round: Round = 'full', onProgress?: (pulled: Pulled) => void) => go(round, onProgress),
    stop() {
      stopped = true
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', onOnline)
      globalThis.document?.removeEventListener('visibilitychange', onVisible)
    },
  }
}
