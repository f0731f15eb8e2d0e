/* Imported by the pages of the Velociraptor connection, for its effect: their texts. */
import { addTexts } from '.'
import { connection } from './en/connection'

addTexts({ connection })
