/* Imported by what shows indicators, for its effect: their texts. */
import { addTexts } from '.'
import { indicators } from './en/indicators'

addTexts({ indicators })
