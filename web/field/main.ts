/** The phone app at /m/. */
import '@/ui/base.css'
import 'vant/es/style/base.css'
import 'vant/es/badge/index.css'
import 'vant/es/button/index.css'
import 'vant/es/loading/index.css'
import 'vant/es/switch/index.css'
import 'vant/es/tabbar/index.css'
import 'vant/es/tabbar-item/index.css'
import '@/ui/vant.css'
import './field.css'
import { createApp } from 'vue'
import { makeI18n } from '@/i18n'
import { restoreTypeSize } from '@/ui/type_size'
import App from './App.vue'
import en from './locale/en.json'
import zhHans from './locale/zh-Hans.json'
import { isPossible, register } from './offline'
import { makePhone } from './phone'
import { router } from './router'
import { makeStore, provideStore } from './store'
import NotPossible from './pages/NotPossible.vue'

restoreTypeSize()
const i18n = makeI18n({ 'zh-Hans': zhHans, en })

function start(): void {
  const store = makeStore(makePhone((code) => i18n.global.t(code)))
  const app = createApp(App).use(i18n).use(router)
  provideStore(app, store)
  app.mount('#app')
  store.startRounds()
  void register()
}

if (isPossible()) start()
else createApp(NotPossible).use(i18n).mount('#app')
