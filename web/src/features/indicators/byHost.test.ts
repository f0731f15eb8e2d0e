import { expect, it } from 'vitest'
import type { ArtifactSighting } from '../../api/models'
import { byHost } from './byHost'

const seen = (host_id: number, source_id: number, count: number, last_seen: string): ArtifactSighting => ({
  host_id,
  hostname: `wks-${host_id}`,
  source_id,
  source_name: 'Windows.System.Pslist',
  field: 'Hash.SHA256',
  count,
  first_seen: '2026-11-01T00:00:00Z',
  last_seen,
})

it('gathers sightings by host, the one seen last first', () => {
  const hosts = byHost([
    seen(1, 10, 2, '2026-11-20T10:00:00Z'),
    seen(2, 10, 1, '2026-11-21T10:00:00Z'),
    seen(1, 11, 5, '2026-11-22T10:00:00Z'),
  ])
  expect(hosts.map(({ name, count, lastSeen, places }) => [name, count, lastSeen, places.length])).toEqual([
    ['wks-1', 7, '2026-11-22T10:00:00Z', 2],
    ['wks-2', 1, '2026-11-21T10:00:00Z', 1],
  ])
})

it('makes nothing of nothing', () => {
  expect(byHost([])).toEqual([])
})
