/* Imported by the pages of the audit log, for its effect: their texts. */
import { addTexts } from '.'
import { audit } from './en/audit'

addTexts({ audit })
