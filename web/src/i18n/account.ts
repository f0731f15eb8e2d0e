/* Imported by the pages of the own account, for its effect: their texts. */
import { addTexts } from '.'
import { account } from './en/account'

addTexts({ account })
