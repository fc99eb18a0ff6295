/** Reads the QR code in a picture of dark and light squares (JSON on standard input) with the decoder that phones use. */
import { readFileSync } from 'node:fs'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

const wasm = new URL(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'))
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer } })

const SCALE = 6
const squares = JSON.parse(readFileSync(0, 'utf8'))
const wide = squares.length * SCALE
const data = new Uint8ClampedArray(wide * wide * 4).fill(255)
for (let y = 0; y < wide; y++) {
  for (let x = 0; x < wide; x++) {
    if (squares[Math.floor(y / SCALE)][Math.floor(x / SCALE)]) data.set([0, 0, 0, 255], (y * wide + x) * 4)
  }
}
const found = await readBarcodes({ data, width: wide, height: wide, colorSpace: 'srgb' }, { formats: ['QRCode'] })
console.log(JSON.stringify(found.map((one) => one.text)))
