/** Node 20 knows no navigator, and no IndexedDB ever: both are stood in for here. */
import 'fake-indexeddb/auto'

if (!('navigator' in globalThis)) {
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'node', language: 'zh-CN', onLine: true }, configurable: true })
}
