/* Imported by what shows observations, for its effect: their texts. */
import { addTexts } from '.'
import { observations } from './en/observations'

addTexts({ observations })
