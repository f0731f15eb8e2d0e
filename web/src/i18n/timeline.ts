/* Imported by the timeline, for its effect: its texts. */
import { addTexts } from '.'
import { timeline } from './en/timeline'

addTexts({ timeline })
