/** The desk at /. */
import 'element-plus/dist/index.css'
import '@/ui/base.css'
import '@/ui/element.css'
import { createApp } from 'vue'
import { makeI18n } from '@/i18n'
import App from './App.vue'
import en from './locale/en.json'
import zhHans from './locale/zh-Hans.json'

createApp(App).use(makeI18n({ 'zh-Hans': zhHans, en })).mount('#app')
