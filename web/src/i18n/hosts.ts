/* Imported by the pages of hosts, for its effect: their texts. */
import { addTexts } from '.'
import { hosts } from './en/hosts'

addTexts({ hosts })
