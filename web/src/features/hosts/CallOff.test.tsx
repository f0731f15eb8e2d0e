import { fireEvent, screen, waitFor } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import '../../i18n/hostWork'
import { http } from '../../api/http'
import type { Host, Isolation } from '../../api/models'
import { show } from '../../test/render'
import { CallOff } from './CallOff'

const slow = { timeout: 10_000 }
const host = { id: 7, hostname: 'dc-1' } as Host
const order = { id: 12, host_id: 7, action: 'isolate', status: 'waiting' } as Isolation

it('calls the order off once that is confirmed, and not before', async () => {
  const asked: unknown[] = []
  vi.spyOn(http, 'request').mockImplementation(({ method, url }) => {
    asked.push(`${method} ${url}`)
    return Promise.resolve({ data: { ...order, status: 'cancelling' }, status: 200, headers: {} })
  })
  show(<CallOff row={order} host={host} />)
  fireEvent.click(screen.getByRole('button', { name: 'Call off' }))
  const act = await screen.findByRole('button', { name: 'Call it off' }, slow)
  expect(asked).toEqual([])
  fireEvent.click(act)
  await waitFor(() => expect(asked).toHaveLength(1), slow)
  expect(asked[0]).toMatch(/post .*\/velociraptor\/isolations\/12\/cancel$/i)
})

it('offers nothing for what is over, or is being called off, or to who may not', () => {
  for (const status of ['completed', 'failed', 'cancelled', 'cancelling'] as const) {
    show(<CallOff row={{ ...order, status }} host={host} />)
  }
  show(<CallOff row={order} host={host} />, { role: 'user' })
  expect(screen.queryByRole('button')).toBeNull()
})
