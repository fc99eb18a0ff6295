/** Desk work without a mouse: one place that knows every key, so that `?` can show them all. */
import { onBeforeUnmount, onMounted, ref, shallowReactive } from 'vue'

export interface Key {
  /** `/`, `?`, `Escape`, or a letter pressed together with Alt. */
  key: string
  alt?: boolean
  /** A key of the locale file: what it does. */
  words: string
  group: 'everywhere' | 'go' | 'page'
  act: () => void
}

const known = shallowReactive(new Map<string, Key[]>())
/** While Alt is held the letters show beside their words. */
export const altHeld = ref(false)

const name = (key: string, alt: boolean) => (alt ? `alt+${key.toLowerCase()}` : key)

export function knownKeys(): Key[] {
  return [...known.values()].map((stack) => stack[stack.length - 1]!)
}

/** What was added last wins, so that a drawer's Alt+P stands above its page's. */
export function addKeys(keys: Key[]): () => void {
  for (const key of keys) {
    const id = name(key.key, key.alt ?? false)
    known.set(id, [...(known.get(id) ?? []), key])
  }
  return () => {
    for (const key of keys) {
      const id = name(key.key, key.alt ?? false)
      const rest = (known.get(id) ?? []).filter((other) => other !== key)
      if (rest.length) known.set(id, rest)
      else known.delete(id)
    }
  }
}

export function useKeys(keys: Key[]): void {
  let forget: () => void = () => undefined
  onMounted(() => (forget = addKeys(keys)))
  onBeforeUnmount(() => forget())
}

/** Letters come from `code`: with Alt held some keyboards type ø instead of o. */
export function pressed(event: Pick<KeyboardEvent, 'key' | 'code' | 'altKey'>): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]
  return event.altKey && letter ? name(letter, true) : name(event.key, event.altKey)
}

export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return !!element?.closest?.('input:not([type=checkbox],[type=radio],[type=file]), textarea, select, [contenteditable]')
}

function dialogInFront(): boolean {
  return typeof document !== 'undefined' && [...document.querySelectorAll<HTMLElement>('.el-overlay')].some((one) => one.style.display !== 'none')
}

/** The first Escape leaves the field, so that nothing typed is lost by one key; the next one closes. */
function leaveField(event: KeyboardEvent): boolean {
  if (event.key !== 'Escape') return false
  ;(event.target as HTMLElement | null)?.blur?.()
  return true
}

/** True when the key was ours. */
export function onKey(event: KeyboardEvent): boolean {
  altHeld.value = event.altKey
  if (event.isComposing || event.ctrlKey || event.metaKey || event.defaultPrevented) return false
  // A dialog in front keeps its keys: Escape closes it, not the drawer behind.
  if (dialogInFront()) return false
  if (!event.altKey && isTyping(event.target)) return leaveField(event)
  const id = pressed(event)
  const stack = known.get(id)
  if (!stack?.length) return false
  event.preventDefault()
  stack[stack.length - 1]!.act()
  return true
}

export function listenForKeys(): () => void {
  const up = (event: KeyboardEvent) => (altHeld.value = event.altKey)
  const away = () => (altHeld.value = false)
  window.addEventListener('keydown', onKey)
  window.addEventListener('keyup', up)
  window.addEventListener('blur', away)
  return () => {
    window.removeEventListener('keydown', onKey)
    window.removeEventListener('keyup', up)
    window.removeEventListener('blur', away)
  }
}
