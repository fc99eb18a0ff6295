/**
 * Hands records in until there is a receipt for each. Ids and text never change, so sending again changes nothing.
 *
 * A record leaves the waiting box only on `stored`, `already_held` or `held`; `refused` moves it to the returned box, with the server's words.
 * No answer, an answer without its receipt, a fate never heard of: it waits on.
 */
import { Problem } from '@/api/client'
import type { HandInReply, Receipt } from '@/api/types'
import { unlockWith } from './local_key'
import type { Phone } from './phone'
import type { KeptRecord } from './store'
import { farewell, wipePeople } from './wipe'

export const MOST_AT_ONCE = 500
const MOST_CHARACTERS = 3_000_000
const RECEIVED = new Set(['stored', 'already_held', 'held'])

export interface Sent {
  sent: number
  returned: number
}

export async function sendWaiting(phone: Phone): Promise<Sent> {
  const total: Sent = { sent: 0, returned: 0 }
  let most = MOST_AT_ONCE
  for (;;) {
    const batch = await nextBatch(phone, most)
    if (batch.rows.length === 0) break
    const outcome = await handIn(phone, batch)
    if (outcome === 'too_large') {
      if (most === 1) throw new Problem({ code: 'outbox.record_too_large', message: 'record too large' }, 413)
      most = Math.max(1, Math.floor(Math.min(most, batch.rows.length) / 2))
      continue
    }
    total.sent += outcome.sent
    total.returned += outcome.returned
    if (outcome.sent + outcome.returned === 0) break // answered without a single receipt: try later, do not spin
  }
  await farewell(phone)
  return total
}

interface Batch {
  rows: KeptRecord[]
  texts: string[]
}

async function nextBatch(phone: Phone, most: number): Promise<Batch> {
  const { db } = phone
  const waiting = (await db.records.where('state').equals('waiting').sortBy('n')).slice(0, most)
  const key = (await db.keys.get('own'))?.key
  const batch: Batch = { rows: [], texts: [] }
  let characters = 0
  for (const row of waiting) {
    const text = await wireText(row, key)
    if (text === null) continue
    if (batch.rows.length > 0 && characters + text.length > MOST_CHARACTERS) break
    characters += text.length
    batch.rows.push(row)
    batch.texts.push(text)
  }
  return batch
}

/** The record open while we may read it, else as it was sealed when saved. */
async function wireText(row: KeptRecord, key: CryptoKey | undefined): Promise<string | null> {
  if (key && row.box) {
    try {
      return await unlockWith(key, row.box, `records/${row.id}`)
    } catch {
      // Locked under a key that is gone: the sealed copy is for this.
    }
  }
  return row.sealed === null ? null : JSON.stringify({ id: row.id, sealed: row.sealed })
}

async function handIn(phone: Phone, batch: Batch): Promise<Sent | 'too_large'> {
  try {
    const { body, headers } = await phone.client.answer<HandInReply>('/api/v1/records', {
      method: 'POST',
      text: `{"records":[${batch.texts.join(',')}]}`,
      timeout: 60_000,
    })
    const sent = await settle(phone, batch.rows, body)
    if (headers.get('Lianfang-Wipe') === 'people') await wipePeople(phone)
    return sent
  } catch (error) {
    if (error instanceof Problem && error.status === 413) return 'too_large'
    throw error
  }
}

/** It came too late: what it belongs to was forgotten. */
const FORGOTTEN = 'ledger.forgotten'

async function settle(phone: Phone, rows: KeptRecord[], reply: HandInReply): Promise<Sent> {
  const { db } = phone
  const receipts = new Map(reply.receipts.filter((receipt) => receipt.id).map((receipt) => [receipt.id!.toLowerCase(), receipt]))
  return db.transaction('rw', [db.records, db.marks, db.notes], async () => {
    const done: Sent = { sent: 0, returned: 0 }
    let newlyCounted = 0
    for (const row of rows) {
      const receipt = receipts.get(row.id)
      const now = receipt && (await db.records.get(row.id))
      if (!receipt || now?.state !== 'waiting') continue // another tab was first
      if (RECEIVED.has(receipt.fate)) {
        await db.records.update(row.id, { state: 'sent', ...said(phone, receipt), position: reply.position, counted: 1 })
        if (receipt.fate !== 'held') await db.marks.update(row.id, { position: reply.position })
        done.sent++
        newlyCounted += now.counted ? 0 : 1
      } else if (receipt.code === FORGOTTEN) {
        await db.records.delete(row.id) // nobody may have it any more, this phone neither
        await db.marks.delete(row.id)
        done.returned++
      } else if (receipt.fate === 'refused') {
        await db.records.update(row.id, { state: 'returned', ...said(phone, receipt) })
        await db.marks.delete(row.id) // it counts nowhere, so it must not look done here
        done.returned++
      }
    }
    const counters = (await db.note('counters')) ?? { n: 0, delivered: 0, returned: 0 }
    await db.keep('counters', { ...counters, delivered: counters.delivered + newlyCounted, returned: counters.returned + done.returned })
    if (reply.device) await db.keep('server_count', reply.device)
    return done
  })
}

function said(phone: Phone, receipt: Receipt): Pick<KeptRecord, 'fate' | 'code' | 'message' | 'settled_at'> {
  return { fate: receipt.fate, code: receipt.code ?? null, message: receipt.message ?? null, settled_at: phone.now() }
}
