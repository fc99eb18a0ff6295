/** The desk at /. */
import 'element-plus/dist/index.css'
import '@/ui/base.css'
import '@/ui/element.css'
import './desk.css'
import { createApp } from 'vue'
import { restoreTypeSize } from '@/ui/type_size'
import App from './App.vue'
import { router } from './router'
import { i18n } from './words'

restoreTypeSize()
const app = createApp(App).use(i18n).use(router)
// Not before the address is read: the shell would take every address for the first page and lead elsewhere.
void router.isReady().then(() => app.mount('#app'))
