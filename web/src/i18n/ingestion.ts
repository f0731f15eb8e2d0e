/* Imported by the pages of ingestion, for its effect: their texts. */
import { addTexts } from '.'
import { ingestion } from './en/ingestion'

addTexts({ ingestion })
