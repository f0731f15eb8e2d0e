/* Imported by the pages of hunts, for its effect: their texts. */
import { addTexts } from '.'
import { hunts } from './en/hunts'

addTexts({ hunts })
