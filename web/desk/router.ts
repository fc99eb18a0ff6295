/** Addresses and what opens under them. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { PAGES, pagesUnder } from './pages'

const routes: RouteRecordRaw[] = PAGES.map((page) => ({ path: page.path, component: page.load as RouteRecordRaw['component'], meta: { words: page.words, under: page.under } }) as RouteRecordRaw)

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    ...routes,
    { path: '/system', redirect: () => pagesUnder('/system')[0]?.path ?? '/' },
    { path: '/:rest(.*)*', component: () => import('./shell/NoSuchPage.vue') },
  ],
})
