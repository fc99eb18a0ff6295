/** Small choices of one reader (columns, page size), kept in this browser. Never anything about people. */
import { ref, watch, type Ref } from 'vue'

export function remembered<T>(name: string, otherwise: T): Ref<T> {
  const key = `lianfang.desk.${name}`
  const kept = ref(read(key, otherwise)) as Ref<T>
  watch(kept, (value) => localStorage.setItem(key, JSON.stringify(value)), { deep: true })
  return kept
}

function read<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(key)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}
