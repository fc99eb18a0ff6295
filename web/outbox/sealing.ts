/**
 * Seals a record to the server's public key (HPKE, RFC 9180, base mode): what a wiped phone can still hand in, and nobody else can read.
 *
 * X25519 is computed in script: phones sold before 2025 do not have it in WebCrypto.
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core'
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519'
import { fromBase64, toBase64 } from './base64'

const INFO = new TextEncoder().encode('lianfang record v1')
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

/** enc (32 bytes) || ciphertext, base64; bound to the record's id. */
export async function sealRecord(serverKey: string, id: string, text: string): Promise<string> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromBase64(serverKey).buffer)
  const sender = await suite.createSenderContext({ recipientPublicKey, info: INFO.buffer })
  const encoder = new TextEncoder()
  const ciphertext = new Uint8Array(await sender.seal(encoder.encode(text).buffer, encoder.encode(id).buffer))
  const wire = new Uint8Array(sender.enc.byteLength + ciphertext.byteLength)
  wire.set(new Uint8Array(sender.enc))
  wire.set(ciphertext, sender.enc.byteLength)
  return toBase64(wire)
}
