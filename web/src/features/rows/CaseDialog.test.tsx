import { fireEvent, screen, waitFor } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import '../../i18n/hunts'
import { http } from '../../api/http'
import { show } from '../../test/render'
import { CaseDialog } from './CaseDialog'
import { takeBack } from './PutToast'
import type { Row } from './rowText'

// Whole pages with their forms: a busy machine takes its time.
vi.setConfig({ testTimeout: 90_000 })

const slow = { timeout: 10_000 }
const row = (id: number, host_id: number): Row => ({
  id,
  host_id,
  hostname: `ws-${host_id}`,
  source_name: 'Windows.System.Pslist',
  collected_at: '2026-11-22T08:00:00Z',
  data: { Name: 'evil.exe' },
})

/** Answers as the API does, and tells what was asked. Host 8 is in every case already. */
function answer() {
  const asked: { call: string; data: unknown }[] = []
  vi.spyOn(http, 'request').mockImplementation(({ method, url, data }) => {
    if (method === 'get') return Promise.resolve({ data: [], status: 200, headers: {} })
    asked.push({ call: `${method} ${url}`, data })
    const there = (data as { host_id?: number } | undefined)?.host_id === 8
    return Promise.resolve({ data: { id: 31 }, status: there ? 200 : 201, headers: {} })
  })
  return asked
}

it('makes the case, its hosts once each, and a comment with the rows', async () => {
  const asked = answer()
  const done = vi.fn()
  const rows = [row(1, 7), row(2, 7), row(3, 8)]
  show(<CaseDialog from={{ kind: 'hunt', id: 4, title: 'Pslist' }} rows={rows} onDone={done} onClose={vi.fn()} />)
  fireEvent.click(await screen.findByText('A new case', {}, slow))
  fireEvent.change(screen.getByLabelText(/Title of the case/), { target: { value: 'Odd processes' } })
  fireEvent.click(screen.getByRole('button', { name: 'Put into case' }))
  await waitFor(() => expect(done).toHaveBeenCalledWith(31, false), slow)
  const paths = asked.map(({ call }) => call.replace(/^.*\/api/, ''))
  expect(paths).toEqual(['/cases', '/cases/31/hosts', '/cases/31/hosts', '/cases/31/comments'])
  expect(asked.slice(1, 3).map(({ data }) => data)).toEqual([{ host_id: 7 }, { host_id: 8 }])
  const comment = JSON.stringify(asked[3]?.data)
  expect(comment).toContain('/t/1/hunts/4')
  expect(comment.match(/evil\.exe/g)).toHaveLength(3)
})

it('asks for the case before anything is sent', async () => {
  const asked = answer()
  show(
    <CaseDialog
      from={{ kind: 'collection', id: 4, title: '' }}
      rows={[row(1, 7)]}
      onDone={vi.fn()}
      onClose={vi.fn()}
    />,
  )
  fireEvent.click(await screen.findByRole('button', { name: 'Put into case' }, slow))
  expect(await screen.findByText('Choose a case', {}, slow)).toBeVisible()
  expect(asked).toEqual([])
})

it('takes back no more than was done: hosts that were there before stay', async () => {
  const asked = answer()
  await takeBack({ caseId: 31, own: false, comment: 5, hosts: [7] })
  expect(asked.map(({ call }) => call.replace(/ .*\/api/, ' '))).toEqual([
    'delete /cases/31/comments/5',
    'delete /cases/31/hosts/7',
  ])
  asked.length = 0
  await takeBack({ caseId: 31, own: true, comment: 5, hosts: [7] })
  expect(asked.map(({ call }) => call.replace(/ .*\/api/, ' '))).toEqual(['delete /cases/31'])
})
