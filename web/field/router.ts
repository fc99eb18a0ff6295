import { createRouter, createWebHistory } from 'vue-router'
import Checks from './pages/Checks.vue'
import Door from './pages/Door.vue'
import Leave from './pages/Leave.vue'
import Enrol from './pages/Enrol.vue'
import Gate from './pages/Gate.vue'
import Found from './pages/Found.vue'
import List from './pages/List.vue'
import Me from './pages/Me.vue'
import Messages from './pages/Messages.vue'
import Outbox from './pages/Outbox.vue'
import Recheck from './pages/Recheck.vue'
import Scan from './pages/Scan.vue'
import Steward from './pages/Steward.vue'
import Work from './pages/Work.vue'

/** All pages come with the shell: a page that must first be fetched is not there in a stairwell. Only the scanner's engine is apart. */
export const router = createRouter({
  history: createWebHistory('/m/'),
  routes: [
    { path: '/', name: 'work', component: Work, meta: { tab: 'work' } },
    { path: '/list/:area?', name: 'list', component: List, props: true, meta: { tab: 'work' } },
    { path: '/visit/:household', name: 'visit', component: Door, props: true, meta: { tab: 'work' } },
    { path: '/found/:area?', name: 'found', component: Found, props: true, meta: { tab: 'work' } },
    { path: '/checks', name: 'checks', component: Checks, meta: { tab: 'work' } },
    { path: '/recheck', name: 'recheck', component: Recheck, meta: { tab: 'work' } },
    { path: '/gate/:gate?', name: 'gate', component: Gate, props: true, meta: { tab: 'work' } },
    { path: '/scan', name: 'scan', component: Scan, meta: { tab: 'scan' } },
    { path: '/messages', name: 'messages', component: Messages, meta: { tab: 'messages' } },
    { path: '/outbox/:box?', name: 'outbox', component: Outbox, props: true, meta: { tab: 'messages' } },
    { path: '/me', name: 'me', component: Me, meta: { tab: 'me' } },
    { path: '/steward', name: 'steward', component: Steward, meta: { tab: 'me' } },
    { path: '/leave', name: 'leave', component: Leave, meta: { tab: 'me' } },
    { path: '/enrol', name: 'enrol', component: Enrol, meta: { open: true } },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})
