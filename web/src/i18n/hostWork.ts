/* Imported by what works on hosts and is fetched later than their list, for its effect: their texts. */
import { addTexts } from '.'
import { hostWork } from './en/hostWork'

addTexts({ hostWork })
