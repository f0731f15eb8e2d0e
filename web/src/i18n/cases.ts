/* Imported by the pages of cases, for its effect: their texts. */
import { addTexts } from '.'
import { cases } from './en/cases'

addTexts({ cases })
