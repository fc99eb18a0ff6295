/** The present, told once a second, for "2 分钟前" that stays true while one looks. */
import { ref } from 'vue'

export const now = ref(new Date())
setInterval(() => (now.value = new Date()), 1000)
