import { fireEvent, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import '../../i18n/hostWork'
import { http } from '../../api/http'
import type { Host } from '../../api/models'
import { Problem } from '../../api/problem'
import { show } from '../../test/render'
import { IsolationButtons } from './IsolationButtons'
import { offered } from './isolation'

/** Roles take long to find on a busy machine. */
const slow = { timeout: 10_000 }

const host = { id: 7, hostname: 'dc-1', client_id: 'C.1', isolation: 'none', online: true, last_seen: null } as Host

it('isolates only with a reason and the name typed, and says which rule refuses it', async () => {
  const sent: unknown[] = []
  vi.spyOn(http, 'request').mockImplementation(({ data }) => {
    sent.push(data)
    return Promise.reject(
      new Problem({ status: 409, code: 'isolation_refused', detail: 'hosts with the label dc are never isolated' }),
    )
  })
  show(<IsolationButtons host={host} />)
  fireEvent.click(screen.getByRole('button', { name: 'Isolate' }))
  const act = await screen.findByRole('button', { name: 'Isolate host' }, slow)
  expect(act).toBeDisabled()
  fireEvent.change(screen.getByLabelText(/Why/), { target: { value: 'beacon' } })
  fireEvent.change(screen.getByLabelText(/Type dc-1/), { target: { value: 'dc-1' } })
  fireEvent.click(act)
  expect(await screen.findByText('hosts with the label dc are never isolated', {}, slow)).toBeVisible()
  expect(sent).toEqual([{ reason: 'beacon', confirm: 'dc-1' }])
})

it('offers nothing for a host that Velociraptor does not know', () => {
  show(<IsolationButtons host={{ ...host, client_id: '' }} />)
  expect(screen.getByRole('button', { name: 'Isolate' })).toBeDisabled()
})

it('offers both where nobody knows how a host stands', () => {
  expect(offered({ isolation: 'isolated' })).toEqual(['release'])
  expect(offered({ isolation: 'none' })).toEqual(['isolate'])
  expect(offered({ isolation: 'unverified' })).toEqual(['release', 'isolate'])
})
