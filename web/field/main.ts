/** The phone app at /m/. */
import '@/ui/base.css'
import '@/ui/vant.css'
import { createApp } from 'vue'
import { makeI18n } from '@/i18n'
import { restoreTypeSize } from '@/ui/type_size'
import App from './App.vue'
import en from './locale/en.json'
import zhHans from './locale/zh-Hans.json'

restoreTypeSize()
createApp(App).use(makeI18n({ 'zh-Hans': zhHans, en })).mount('#app')
