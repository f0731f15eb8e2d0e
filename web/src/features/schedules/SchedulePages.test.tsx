import { fireEvent, screen, waitFor } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import '../../i18n/hunts'
import '../../i18n/schedules'
import type { Schedule } from '../../api/models'
import { answers } from '../../test/answers'
import { show } from '../../test/render'
import { Differences } from './Differences'
import { EditSchedulePage } from './EditSchedulePage'

// Whole pages with their forms: a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000 })

/** Roles take long to find on a busy machine. */
const slow = { timeout: 20_000 }

it('saves a schedule only with a name, a time and an artifact, in its own zone', async () => {
  const asked = answers({
    'get /dashboard': { connected: true },
    'post /velociraptor/hunts/schedules': { id: 9 },
    'post /velociraptor/hunts/estimate': { hosts: 1, of: 1, online: 1, high_risk: 0, by_os: {}, warnings: [] },
  })
  const saved = () => asked.filter(({ path, method }) => method === 'post' && path.endsWith('/schedules'))
  const state = {
    draft: { ...(await import('../hunts/form/draft')).emptyDraft, chosen: [{ name: 'A.B', parameters: {} }] },
  }
  const { router } = show(<EditSchedulePage />, { at: { pathname: '/t/1/schedules/new', state } })
  fireEvent.click(await screen.findByRole('button', { name: 'Save schedule' }, slow))
  expect(await screen.findByText('Give the schedule a name', {}, slow)).toBeVisible()
  expect(saved()).toEqual([])
  fireEvent.change(screen.getByLabelText(/^Name/), { target: { value: 'Every night' } })
  fireEvent.click(screen.getByRole('button', { name: 'Save schedule' }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/t/1/schedules/9'), slow)
  expect(saved()[0]?.data).toMatchObject({
    name: 'Every night',
    cron: '0 6 * * *',
    overlap: 'skip',
    hunt: { artifacts: ['A.B'] },
  })
})

it('compares the last two runs, and leaves out what changes each time', async () => {
  const run = (id: number) => ({ id, hunt_id: id, status: 'completed', scheduled_at: '2026-11-22T08:00:00Z' })
  const row = (id: number, Pid: number) => ({
    observation_id: id,
    host_id: 7,
    hostname: 'ws-7',
    artifact: 'A.B',
    data: { Name: 'a.exe', Pid },
  })
  const asked = answers({
    'get /velociraptor/hunts/schedules/9/runs': [run(12), run(11)],
    'get /velociraptor/hunts/schedules/9/diff': {
      new: [row(1, 5)],
      gone: [row(2, 6)],
      counts: { new: 1, gone: 1 },
      truncated: false,
    },
  })
  show(<Differences row={{ id: 9, hunt: { artifacts: ['A.B'] } } as Schedule} />)
  expect(await screen.findByText('Name=a.exe Pid=5', {}, slow)).toBeVisible()
  const compared = () => asked.filter(({ path }) => path.endsWith('/diff')).length
  const before = compared()
  fireEvent.click(screen.getByRole('button', { name: 'Leave them out' }))
  await waitFor(() => expect(compared()).toBe(before + 1), slow)
  expect(screen.getByText('Pid')).toBeVisible()
})
