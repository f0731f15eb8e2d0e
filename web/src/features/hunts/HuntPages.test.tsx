import { fireEvent, screen, waitFor } from '@testing-library/react'
import { Route, Routes } from 'react-router'
import { expect, it, vi } from 'vitest'
import { keys } from '../../resources/keys'
import { answers } from '../../test/answers'
import { show } from '../../test/render'
import { HuntPage } from './HuntPage'
import { HuntsPage } from './HuntsPage'
import { NewHuntPage } from './NewHuntPage'

/** The page needs the hunt's id of the address. */
function Routed() {
  return (
    <Routes>
      <Route path="/t/:tenant/hunts/:id" element={<HuntPage />} />
    </Routes>
  )
}

// Whole pages with their forms: a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000 })

/** Roles take long to find on a busy machine. */
const slow = { timeout: 20_000 }

const hunt = (change: object = {}) => ({
  id: 4,
  description: 'Odd processes',
  artifacts: ['Windows.System.Pslist'],
  parameters: {},
  status: 'running',
  paused: false,
  scheduled: 200,
  online: 190,
  finished: 20,
  running: 10,
  errors: 1,
  rows: 600,
  progress: 0.1,
  started_at: '2026-11-22T08:00:00Z',
  created_at: '2026-11-22T08:00:00Z',
  error: '',
  ...change,
})
const connected = { 'get /dashboard': { connected: true } }
const pslist = {
  name: 'Windows.System.Pslist',
  description: 'List processes.',
  type: 'client',
  parameters: [{ name: 'ProcessRegex', type: 'regex', default: '.', description: '', choices: null }],
  sources: [],
  required_permissions: [],
  needs_admin: false,
  allowed: true,
}
const estimate = {
  mode: 'hunt',
  hosts: 412,
  of: 1240,
  online: 400,
  high_risk: 3,
  by_os: { windows: 412 },
  warnings: ['12 hosts are offline'],
}

it('offers the hunts most people begin with where there is none, and says when no server is connected', async () => {
  answers(connected)
  show(<HuntsPage />, { at: '/t/1/hunts' })
  expect(await screen.findByText('Nothing was hunted for yet', {}, slow)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Processes on Windows' })).toHaveAttribute(
    'href',
    '/t/1/hunts/new?artifact=Windows.System.Pslist&os=windows',
  )
  answers({ 'get /dashboard': { connected: false } })
  show(<HuntsPage />, { at: '/t/1/hunts' })
  expect(await screen.findByText('No Velociraptor server is connected', {}, slow)).toBeVisible()
})

it('counts the hunts that are there, and asks for those of a state', async () => {
  answers({ ...connected, 'get /velociraptor/hunts': [hunt(), hunt({ id: 5 })] })
  const { router } = show(<HuntsPage />, { at: '/t/1/hunts' })
  expect(await screen.findByText('2 hunts', {}, slow)).toBeVisible()
  fireEvent.click(screen.getByText('Failed'))
  await waitFor(() => expect(router.state.location.search).toBe('?status=failed'), slow)
})

it('says what a hunt would reach before it starts, and starts exactly that', async () => {
  const asked = answers({
    ...connected,
    'get /velociraptor/artifacts/': pslist,
    'get /velociraptor/artifacts': [pslist],
    'post /velociraptor/hunts/estimate': estimate,
    'post /velociraptor/hunts': hunt(),
  })
  const { router } = show(<NewHuntPage />, { at: '/t/1/hunts/new?artifact=Windows.System.Pslist&os=windows' })
  expect(await screen.findByText('Will run on about 412 of 1,240 hosts.', {}, slow)).toBeVisible()
  expect(screen.getByText(/3 high-risk hosts/)).toBeVisible()
  expect(screen.getByText('12 hosts are offline')).toBeVisible()
  expect(asked.some(({ method, path }) => method === 'post' && path === '/velociraptor/hunts')).toBe(false)
  fireEvent.change(screen.getByLabelText(/^Description/), { target: { value: 'Odd processes' } })
  fireEvent.click(screen.getByRole('button', { name: 'Start hunt' }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/t/1/hunts/4'), slow)
  expect(asked.find(({ method, path }) => method === 'post' && path === '/velociraptor/hunts')?.data).toMatchObject({
    description: 'Odd processes',
    artifacts: ['Windows.System.Pslist'],
    os: 'windows',
    until: 'idle',
  })
})

it('starts nothing without an artifact, and says what is missing', async () => {
  const asked = answers({ ...connected, 'get /velociraptor/artifacts': [pslist] })
  show(<NewHuntPage />, { at: '/t/1/hunts/new' })
  fireEvent.click(await screen.findByRole('button', { name: 'Start hunt' }, slow))
  expect(await screen.findByText('Choose at least one artifact', {}, slow)).toBeVisible()
  expect(asked.filter(({ method }) => method === 'post')).toEqual([])
})

it('shows how far a hunt is, and goes on by itself when it has become more', async () => {
  let now = hunt()
  answers({ 'get /velociraptor/hunts/4/': [], 'get /velociraptor/hunts/4': () => now })
  const { client } = show(<Routed />, { at: '/t/1/hunts/4?tab=about' })
  expect(
    await screen.findByText(/20 of 200 hosts have answered · 19 done · 1 error · 10 running/, {}, slow),
  ).toBeVisible()
  expect(screen.getByRole('tab', { name: 'Results (600)' })).toBeVisible()
  now = hunt({ status: 'completed', finished: 200, running: 0, rows: 6000, progress: 1 })
  // As the socket's message does.
  await client.invalidateQueries({ queryKey: [keys.hunts] })
  expect(
    await screen.findByText(/200 of 200 hosts have answered · 199 done · 1 error · 6,000 rows/, {}, slow),
  ).toBeVisible()
  expect(screen.getByRole('tab', { name: 'Results (6,000)' })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull()
})
