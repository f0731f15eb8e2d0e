/* Imported by the dashboard, for its effect: their texts. */
import { addTexts } from '.'
import { dashboard } from './en/dashboard'

addTexts({ dashboard })
