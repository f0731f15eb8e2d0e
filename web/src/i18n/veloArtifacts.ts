/* Imported by what asks for artifacts of a Velociraptor server, for its effect: its texts. */
import { addTexts } from '.'
import { veloArtifacts } from './en/veloArtifacts'

addTexts({ veloArtifacts })
