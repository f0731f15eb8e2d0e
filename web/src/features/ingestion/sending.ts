import { sendBatch } from '../../resources/ingestion'
import { Uploads } from './uploads'

const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`

/** The files this tab sends. */
export const uploads = new Uploads(sendBatch, newKey)

// A closed tab sends nothing: the browser asks first.
window.addEventListener('beforeunload', (event) => {
  if (uploads.busy()) event.preventDefault()
})
