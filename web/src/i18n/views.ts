/* Imported by the menu of saved views, for its effect: its texts. */
import { addTexts } from '.'
import { views } from './en/views'

addTexts({ views })
