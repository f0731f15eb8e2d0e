import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** The Latin font is on every screen: fetching it beside the script keeps the first paint from reflowing. */
function preloadFont(): Plugin {
  return {
    name: 'preload-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((name) => /inter-latin-wght-normal.*\.woff2$/.test(name))
        if (!font) return []
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font}`, crossorigin: true }
        return [{ tag: 'link', attrs, injectTo: 'head' }]
      },
    },
  }
}

const smallStyles =
  /src\/ui\/(BulkBar\/BulkBar|FilterBar|JsonView|Labels|Page|RowList|ScrollTable|SeverityBadge|Split|States|StatusText|Tiles)\.module\.css/

/** Styles of a few rules that single pages have: fetched together once, they are half as large as one by one. */
const pageStyles =
  /src\/(features\/(webhooks|tenants|hosts|indicators|connection|notifications|collections|users)|ui\/(DropZone|Markdown|Range|Timeline|Views))(\/\w+)?\.module\.css|src\/ui\/jobs\/\w+\.module\.css/

export default defineConfig({
  plugins: [react(), preloadFont()],
  // The server replaces the placeholder by a fresh nonce in each answer.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2022',
    manifest: true,
    // Vite would write small assets as data: URLs, which the policy allows for images only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Small styles that nearly every page has: one file is smaller than twelve.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'styles', test: smallStyles },
            { name: 'page-styles', test: pageStyles },
          ],
        },
      },
    },
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: process.env.VC_URL ?? 'http://127.0.0.1:8080', ws: true } } },
  test: {
    restoreMocks: true,
    // A shared machine may be slow; a test that hangs still ends.
    testTimeout: 30_000,
    // A browser's environment only where something is rendered: making one costs more than most tests.
    projects: [
      { extends: true, test: { name: 'logic', environment: 'node', include: ['src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'screen',
          environment: 'jsdom',
          include: ['src/**/*.test.tsx'],
          setupFiles: ['./src/test/setup.ts'],
        },
      },
    ],
  },
})
