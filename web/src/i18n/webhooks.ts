/* Imported by the page of webhooks, for its effect: its texts. */
import { addTexts } from '.'
import { webhooks } from './en/webhooks'

addTexts({ webhooks })
