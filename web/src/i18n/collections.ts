/* Imported by the pages of collections, for its effect: their texts. */
import { addTexts } from '.'
import { collections } from './en/collections'

addTexts({ collections })
