/* Imported by the pages of schedules, for its effect: their texts. */
import { addTexts } from '.'
import { schedules } from './en/schedules'

addTexts({ schedules })
