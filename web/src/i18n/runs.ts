/* Imported by what shows runs, for its effect: their texts. */
import { addTexts } from '.'
import { runs } from './en/runs'

addTexts({ runs })
