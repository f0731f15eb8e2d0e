/* Imported by what shows playbooks or asks for their inputs, for its effect: their texts. */
import { addTexts } from '.'
import { playbooks } from './en/playbooks'

addTexts({ playbooks })
