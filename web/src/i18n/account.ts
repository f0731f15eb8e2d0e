/* Imported, for its effect, by the pages of the own account: their texts. */
import './auth'
import { addTexts } from '.'
import { account } from './en/account'

addTexts({ account })
