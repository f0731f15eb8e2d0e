import type { Playbook } from '../../api/models'
import { inputsOf } from '../../documents/playbook'

export type RowType = 'host' | 'case' | 'artifact'

/** The inputs of a playbook that are asked for; the one each row fills is not. */
export function askedInputs(playbook: Pick<Playbook, 'inputs'> | undefined, row: RowType) {
  const all = inputsOf(playbook?.inputs)
  const fitting = all.filter((input) => input.type === row)
  const filled = fitting.find((input) => input.name === `${row}_id`) ?? fitting[0]
  return { asked: all.filter((input) => input !== filled), filled: filled?.name }
}
