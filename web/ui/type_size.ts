/** 大字: the size of type, kept on this device and set before the first paint. */
import { ref } from 'vue'

const KEY = 'lianfang.type'

export type TypeSize = 'normal' | 'large'
export const typeSize = ref<TypeSize>('normal')

export function setTypeSize(size: TypeSize): void {
  typeSize.value = size
  document.documentElement.dataset.type = size
  localStorage.setItem(KEY, size)
}

export function restoreTypeSize(): void {
  setTypeSize(localStorage.getItem(KEY) === 'large' ? 'large' : 'normal')
}
