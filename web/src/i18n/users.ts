/* Imported by the pages of users, for its effect: their texts. */
import { addTexts } from '.'
import { users } from './en/users'

addTexts({ users })
