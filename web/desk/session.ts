/** Who sits at this desk, and what they may do. */
import { computed, ref } from 'vue'
import type { Me, Session } from '@/api/desk'
import { get, onSignedOut, post, remove, useCsrf } from './server'

export const me = ref<Me | null>(null)
/** False until the server told us whether somebody is signed in. */
export const asked = ref(false)

onSignedOut(() => (me.value = null))

function enter(found: Me): void {
  useCsrf(found.csrf)
  me.value = found
}

export async function whoAmI(): Promise<void> {
  try {
    const session = await get<Session>('/session')
    useCsrf(session.csrf)
    me.value = null
    if (session.signed_in) enter(await get<Me>('/me'))
  } catch {
    me.value = null
  } finally {
    asked.value = true
  }
}

export async function signIn(account: string, password: string): Promise<void> {
  enter(await post<Me>('/session', { account, password }))
}

export async function signOut(): Promise<void> {
  await remove('/session').catch(() => undefined)
  location.assign('/') // nothing of what was seen stays in memory
}

export async function changePassword(old: string, next: string): Promise<void> {
  enter(await post<Me>('/me/password', { old_password: old, new_password: next }))
}

const permissions = computed(() => new Set(me.value?.grants.flatMap((grant) => grant.permissions)))

/** Is any of these permitted anywhere? The server decides again; here it only spares people doors that do not open. */
export function may(...any: string[]): boolean {
  return any.some((permission) => permissions.value.has(permission))
}

export const myAreas = computed(() => {
  const seen = new Map(me.value?.grants.map((grant) => [grant.area.id, grant.area]))
  return [...seen.values()]
})
