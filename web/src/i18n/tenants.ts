/* Imported by the pages of tenants, for its effect: their texts. */
import { addTexts } from '.'
import { tenants } from './en/tenants'

addTexts({ tenants })
