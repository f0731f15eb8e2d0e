/* Imported by the bulk bar and by what shows jobs, for its effect: their texts. */
import { addTexts } from '.'
import { jobs } from './en/jobs'

addTexts({ jobs })
