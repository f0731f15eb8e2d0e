import { describe, expect, it } from 'vitest'
import { StepUp } from './stepUp'

const nothing = () => undefined

describe('the proof a dangerous request needs', () => {
  it('is asked for once, and lets all that wait go on', async () => {
    const stepUp = new StepUp()
    stepUp.subscribe(nothing)
    const both = Promise.all([stepUp.ask(), stepUp.ask()])
    expect(stepUp.isAsked()).toBe(true)
    stepUp.prove()
    await expect(both).resolves.toHaveLength(2)
    expect(stepUp.isAsked()).toBe(false)
  })

  it('refuses all that wait when it is declined', async () => {
    const stepUp = new StepUp()
    stepUp.subscribe(nothing)
    const asked = stepUp.ask()
    stepUp.decline()
    await expect(asked).rejects.toMatchObject({ status: 403, code: 'step_up_declined' })
  })

  it('is declined where nobody can be asked, or who asked has gone', async () => {
    const stepUp = new StepUp()
    await expect(stepUp.ask()).rejects.toMatchObject({ code: 'step_up_declined' })
    const leave = stepUp.subscribe(nothing)
    const asked = stepUp.ask()
    leave()
    await expect(asked).rejects.toMatchObject({ code: 'step_up_declined' })
  })

  it('tells who asks when to show and when to go', () => {
    const stepUp = new StepUp()
    const shown: boolean[] = []
    stepUp.subscribe(() => shown.push(stepUp.isAsked()))
    stepUp.ask().catch(nothing)
    stepUp.decline()
    expect(shown).toEqual([true, false])
  })
})
