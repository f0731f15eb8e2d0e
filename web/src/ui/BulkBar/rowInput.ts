import type { Playbook } from '../../api/models'
import { inputsOf } from '../../documents/playbook'

export type RowType = 'host' | 'case' | 'artifact'

/** The inputs of a playbook that are asked for; the one each row fills is not. */
export function askedInputs(playbook: Pick<Playbook, 'inputs'> | undefined, row: RowType) {
  const all = inputsOf(playbook?.inputs)
  const filled = all.find((input) => input.type === row)
  return { asked: all.filter((input) => input !== filled), filled: filled?.name }
}
