/* Imported by the pages of administration, for its effect: their texts. */
import { addTexts } from '.'
import { audit } from './en/audit'
import { tenants } from './en/tenants'
import { users } from './en/users'

addTexts({ audit, tenants, users })
