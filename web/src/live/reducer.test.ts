import { describe, expect, it } from 'vitest'
import { parseMessage } from './protocol'
import { type Heard, hasNews, hear, settled, silence } from './reducer'

const told = (heard: Heard, ...messages: object[]) =>
  messages.reduce<Heard>((state, message) => {
    const parsed = parseMessage(JSON.stringify(message))
    return parsed ? hear(state, parsed) : state
  }, heard)

describe('what the socket says', () => {
  it('starts counting at the greeting, and only there', () => {
    const greeted = told(silence, { type: 'ready', last_seq: 7 })
    expect(greeted.lastSeq).toBe(7)
    expect(hasNews(greeted)).toBe(false)
    expect(told(greeted, { type: 'ready', last_seq: 12 }).lastSeq).toBe(7)
  })

  it('takes notifications in order without a resync', () => {
    const heard = told({ ...silence, lastSeq: 7 }, { type: 'notification', seq: 8 }, { type: 'notification', seq: 9 })
    expect(heard.notifications.map((message) => message.seq)).toEqual([8, 9])
    expect(heard.lastSeq).toBe(9)
    expect(heard.resync).toBe(false)
  })

  it('asks for a resync when a number is missing', () => {
    const heard = told({ ...silence, lastSeq: 7 }, { type: 'notification', seq: 10 })
    expect(heard.resync).toBe(true)
    expect(heard.lastSeq).toBe(10)
  })

  it('ignores what it has heard already', () => {
    const before = { ...silence, lastSeq: 7 }
    expect(told(before, { type: 'notification', seq: 7 }, { type: 'notification', seq: 3 })).toEqual(before)
  })

  it('asks for a resync when the server says so', () => {
    expect(told({ ...silence, lastSeq: 7 }, { type: 'resync', seq: 40 })).toMatchObject({ resync: true, lastSeq: 40 })
  })

  it('keeps the newest status of each run, and every change of a step', () => {
    const heard = told(
      silence,
      { type: 'execution.updated', id: 4, status: 'running' },
      { type: 'execution.step', execution_id: 4, key: 'a', status: 'running' },
      { type: 'execution.step', execution_id: 4, key: 'a', status: 'completed' },
      { type: 'execution.updated', id: 4, status: 'completed' },
    )
    expect([...heard.executions]).toEqual([[4, 'completed']])
    expect(heard.steps.map((step) => step.status)).toEqual(['running', 'completed'])
    expect(heard.lastSeq).toBeNull()
  })

  it('forgets the news but not the number once shown', () => {
    const heard = told({ ...silence, lastSeq: 7 }, { type: 'notification', seq: 8 }, { type: 'hunt.progress', id: 1 })
    expect(hasNews(heard)).toBe(true)
    expect(settled(heard)).toEqual({ ...silence, lastSeq: 8 })
  })

  it('takes no notice of frames that are none of ours', () => {
    expect(parseMessage('not json')).toBeNull()
    expect(parseMessage('[1,2]')).toBeNull()
    expect(parseMessage('{"type":7}')).toBeNull()
    expect(parseMessage(new ArrayBuffer(2))).toBeNull()
  })

  it('keeps the newest of each job, and fields that a later message does not repeat', () => {
    const heard = told(
      silence,
      { type: 'bulk', id: 4, status: 'running', total: 10, done: 2 },
      { type: 'batch', id: 4, status: 'running', lines: 7 },
      { type: 'bulk', id: 4, status: 'running', done: 5, nested: { is: 'left out' } },
    )
    expect(hasNews(heard)).toBe(true)
    expect([...heard.jobs.values()]).toEqual([
      { resource: 'bulk', id: 4, fields: { id: 4, status: 'running', total: 10, done: 5 } },
      { resource: 'batches', id: 4, fields: { id: 4, status: 'running', lines: 7 } },
    ])
    expect(settled(heard).jobs.size).toBe(0)
  })
})
