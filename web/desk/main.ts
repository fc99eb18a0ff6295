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
createApp(App).use(i18n).use(router).mount('#app')
