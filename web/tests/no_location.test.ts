/** No worker is ever located: nothing in the source or in the built app asks the phone where it is. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const web = join(import.meta.dirname, '..')
const built = join(web, '../src/lianfang/screens/assets')

function texts(folder: string, wanted: RegExp): string[] {
  return readdirSync(folder).flatMap((name) => {
    if (name === 'node_modules' || name.startsWith('.')) return []
    const path = join(folder, name)
    return statSync(path).isDirectory() ? texts(path, wanted) : wanted.test(name) ? [path] : []
  })
}

test('the phone app never asks where it is', () => {
  const own = ['field', 'outbox', 'shared', 'api', 'ui', 'i18n'].flatMap((folder) => texts(join(web, folder), /\.(ts|vue|js|html)$/))
  expect(own.length).toBeGreaterThan(5)
  const phone = existsSync(join(built, 'field')) ? texts(join(built, 'field'), /\.(js|html)$/) : []
  expect([...own, ...phone].filter((path) => /geolocation|getCurrentPosition|watchPosition/.test(readFileSync(path, 'utf8')))).toEqual([])
})
