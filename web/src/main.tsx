import './theme/mantine.css'
import './theme/tokens.css'
import './theme/base.css'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { nonce } from './app/nonce'
import { getPreferences } from './app/preferences'
import { startTranslation } from './i18n'

// What locks scrolling behind a dialog writes a style element of its own.
setNonce(nonce())
startTranslation(getPreferences().language)

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
