/* Imported by the list of shortcuts, for its effect: its texts. */
import { addTexts } from '.'
import { help } from './en/help'

addTexts({ help })
