import { fireEvent, screen, waitFor } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import type { Host } from '../../api/models'
import { answers } from '../../test/answers'
import { show } from '../../test/render'
import { CollectDialog } from './CollectDialog'

// Whole pages with their forms: a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000 })

/** Roles take long to find on a busy machine. */
const slow = { timeout: 20_000 }

const host = { id: 7, hostname: 'ws-7', client_id: 'C.1', online: false } as Host
const targets = {
  name: 'Windows.Triage.Targets',
  description: 'Copies what matters.',
  type: 'client',
  parameters: [
    {
      name: 'HighLevelTargets',
      type: 'multichoice',
      default: '["_Live"]',
      description: '',
      choices: ['_Live', '_Disk', '_Mail'],
    },
    { name: 'DryRun', type: 'bool', default: 'N', description: '', choices: null },
  ],
  sources: [],
  required_permissions: [],
  needs_admin: false,
  allowed: true,
}

it('collects with several choices of one parameter, and leads to the collection', async () => {
  const asked = answers({
    'get /velociraptor/artifacts/': targets,
    'post /velociraptor/collect': { id: 31, artifact_name: targets.name },
  })
  const close = vi.fn()
  const { router } = show(<CollectDialog host={host} first={targets.name} onClose={close} />)
  expect(await screen.findByText(/offline/, {}, slow)).toBeVisible()
  expect(await screen.findByLabelText('_Live', {}, slow)).toBeChecked()
  fireEvent.click(screen.getByLabelText('_Mail'))
  fireEvent.click(screen.getByRole('button', { name: 'Collect' }))
  await waitFor(() => expect(router.state.location.pathname).toBe('/t/1/collections/31'), slow)
  expect(close).toHaveBeenCalled()
  const body = asked.find(({ path }) => path === '/velociraptor/collect')?.data
  expect(body).toMatchObject({
    host_id: 7,
    artifact_name: targets.name,
    parameters: { HighLevelTargets: '["_Live","_Mail"]' },
  })
})

it('asks for an artifact before anything is sent', async () => {
  const asked = answers({ 'get /velociraptor/artifacts': [targets] })
  show(<CollectDialog host={host} onClose={vi.fn()} />)
  fireEvent.click(await screen.findByRole('button', { name: 'Collect' }, slow))
  expect(await screen.findByText('Choose an artifact', {}, slow)).toBeVisible()
  expect(asked.filter(({ method }) => method === 'post')).toEqual([])
})
