/* Imported, for its effect, by what asks for a password or a code: their texts. */
import { addTexts } from '.'
import { auth } from './en/auth'

addTexts({ auth })
