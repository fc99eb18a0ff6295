import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { VitePWA } from 'vite-plugin-pwa'

const here = import.meta.dirname
const PHONE = 'field/index.html'

/** What the phone entry needs, however the bundler cut it: only that is kept on the phone, never desk, maps or charts. */
const neededByPhone = new Set<string>()

function collectPhoneFiles(): Plugin {
  return {
    name: 'lianfang:phone-files',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const queue = chunks.filter((chunk) => chunk.isEntry && chunk.facadeModuleId?.endsWith(PHONE)).map((chunk) => chunk.fileName)
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
        if (neededByPhone.has(name)) continue
        neededByPhone.add(name)
        const chunk = bundle[name]
        if (chunk?.type !== 'chunk') continue
        chunk.viteMetadata?.importedCss.forEach((css) => neededByPhone.add(css))
        chunk.viteMetadata?.importedAssets.forEach((asset) => neededByPhone.add(asset))
        queue.push(...chunk.imports, ...chunk.dynamicImports)
      }
    },
  }
}

export default defineConfig({
  base: '/static/',
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  plugins: [
    vue(),
    collectPhoneFiles(),
    VitePWA({
      // Django serves /sw.js (no-cache) and /manifest.webmanifest from the build folder, and field/index.html at /m/….
      base: '/',
      scope: '/m/',
      filename: 'sw.js',
      manifestFilename: 'manifest.webmanifest',
      injectRegister: null, // shared/offline.ts registers it, so that no inline script is needed
      registerType: 'prompt', // a new version waits until the worker reopens: nothing changes under a hand that writes
      includeManifestIcons: false,
      manifest: {
        id: '/m/',
        name: '联防 走访',
        short_name: '联防',
        lang: 'zh-Hans',
        start_url: '/m/',
        scope: '/m/',
        display: 'standalone',
        orientation: 'portrait',
        background_color: '#f5f7fa',
        theme_color: '#1464c8',
        icons: [
          { src: '/static/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
          { src: '/static/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
          { src: '/static/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        inlineWorkboxRuntime: true,
        clientsClaim: true,
        cleanupOutdatedCaches: true,
        globPatterns: ['**/*.{js,css,html}'],
        modifyURLPrefix: { '': '/static/' },
        dontCacheBustURLsMatching: /-[\w-]{8}\.\w+$/,
        manifestTransforms: [
          (entries) => ({
            manifest: entries.flatMap((entry) => {
              const file = entry.url.replace(/^\/static\//, '')
              if (file === PHONE) return [{ ...entry, url: '/m/' }] // the shell under the address it is served at
              return neededByPhone.has(file) ? [entry] : []
            }),
            warnings: [],
          }),
        ],
        navigateFallback: '/m/',
        navigateFallbackAllowlist: [/^\/m(\/|$)/],
        runtimeCaching: [
          {
            // The scanner is large and wanted offline: kept at first use, or by the "before you leave" screen.
            urlPattern: ({ url }) => url.pathname.startsWith('/static/') && url.pathname.endsWith('.wasm'),
            handler: 'CacheFirst',
            options: { cacheName: 'lianfang-scanner', expiration: { maxEntries: 2 } },
          },
        ],
      },
    }),
  ],
  build: {
    outDir: '../src/lianfang/screens/assets',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: ['chrome87', 'safari14'],
    assetsInlineLimit: 0, // no data: addresses, so that the content policy stays narrow
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: { field: `${here}/field/index.html`, desk: `${here}/desk/index.html` } },
  },
  test: { include: ['**/*.test.ts'], exclude: ['node_modules/**'], environment: 'node', setupFiles: ['tests/setup.ts'], restoreMocks: true, testTimeout: 30_000 },
})
