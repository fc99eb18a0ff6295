/**
 * Writes types.gen.ts from the server's own description of what it answers: `node api/generate.mjs ../out/openapi.json`.
 * With --check it writes nothing and fails when what is kept here is no longer what the server says.
 * Of the document only the shapes are kept; addresses are spelt where they are asked for.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import openapiTypescript, { astToString } from 'openapi-typescript'

const KEPT = new URL('types.gen.ts', import.meta.url)
const HEAD = '// Generated from the OpenAPI document of the server by api/generate.mjs. Not to be edited by hand.\n'

const args = process.argv.slice(2)
const from = args.find((arg) => !arg.startsWith('--')) ?? '../out/openapi.json'

/** Descriptions stand beside the Structs; here they would only make the file long. */
function shapes(document) {
  const bare = (node) => {
    if (Array.isArray(node)) return node.map(bare)
    if (node === null || typeof node !== 'object') return node
    return Object.fromEntries(Object.entries(node).filter(([key, value]) => !(['title', 'description'].includes(key) && typeof value === 'string')).map(([key, value]) => [key, bare(value)]))
  }
  const sorted = Object.fromEntries(Object.entries(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { openapi: '3.1.0', info: { title: 'lianfang', version: '1' }, paths: {}, components: { schemas: bare(sorted) } }
}

if (args.includes('--check') && !existsSync(from)) {
  console.log(`no ${from} to compare with: tests/contract/test_types.py writes it`)
  process.exit(0)
}
const document = JSON.parse(readFileSync(from, 'utf8'))
const all = astToString(await openapiTypescript(shapes(document)))
const start = all.indexOf('export interface components {')
const end = all.indexOf('\n}\n', start) + 3
const text = HEAD + all.slice(start, end).replace(/^ *\/\*\*[^]*?\*\/\n/gm, '').replace(/\n {4}(responses|parameters|requestBodies|headers|pathItems): never;/g, '')

if (!args.includes('--check')) writeFileSync(KEPT, text)
else if (readFileSync(KEPT, 'utf8') !== text) {
  console.error('web/api/types.gen.ts is not what the server answers any more: npm run api-types')
  process.exit(1)
}
