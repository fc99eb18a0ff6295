/** Whether this page can live without a network, and why not. */
import { ref } from 'vue'
import scannerUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

/** A new version lies ready; it is put on when the worker says so, never under a hand that writes. */
export const updateReady = ref(false)

let registration: ServiceWorkerRegistration | undefined

/** WeChat, DingTalk and the like open links in a browser of their own, which forgets and does not work offline. */
export function isInAppBrowser(agent = navigator.userAgent): boolean {
  return /MicroMessenger|DingTalk|QQ\/|Weibo|AlipayClient|Lark|Feishu/i.test(agent)
}

/** Without TLS a browser gives neither service worker nor keys: then nothing can be kept safely, so nothing is. */
export function isPossible(): boolean {
  return globalThis.isSecureContext && 'indexedDB' in globalThis && globalThis.crypto?.subtle !== undefined
}

export async function register(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  try {
    registration = await navigator.serviceWorker.register('/sw.js', { scope: '/m/' })
  } catch {
    return // told by the check before leaving
  }
  const watch = (worker: ServiceWorker | null) =>
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) updateReady.value = true
    })
  updateReady.value = registration.waiting !== null && navigator.serviceWorker.controller !== null
  watch(registration.installing)
  registration.addEventListener('updatefound', () => watch(registration!.installing))
}

export function putOnUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  registration?.waiting?.postMessage({ type: 'SKIP_WAITING' })
}

export async function isShellKept(): Promise<boolean> {
  if (!('serviceWorker' in navigator) || !('caches' in globalThis)) return false
  const known = await navigator.serviceWorker.getRegistration('/m/')
  if (!known) return false
  if (!known.active) await withinSeconds(20, () => navigator.serviceWorker.ready.then(() => undefined))
  return (await caches.match('/m/', { ignoreSearch: true })) !== undefined
}

/** Fetches the scanner through the service worker, which keeps it. */
export async function keepScanner(): Promise<boolean> {
  try {
    const response = await fetch(scannerUrl)
    await response.arrayBuffer()
    return response.ok && (await caches.match(scannerUrl)) !== undefined
  } catch {
    return false
  }
}

/** Asks the browser not to clear us away when the flash runs full. */
export async function askToStay(): Promise<boolean> {
  if (!navigator.storage?.persist) return false
  return (await navigator.storage.persisted()) || (await navigator.storage.persist())
}

export async function spaceLeft(): Promise<number | null> {
  const estimate = await navigator.storage?.estimate?.()
  return estimate?.quota === undefined ? null : estimate.quota - (estimate.usage ?? 0)
}

async function withinSeconds(seconds: number, work: () => Promise<void>): Promise<void> {
  await Promise.race([work(), new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000))])
}
