import type { ArtifactSighting } from '../../api/models'

export interface HostSightings {
  id: number
  name: string
  count: number
  lastSeen: string
  places: ArtifactSighting[]
}

/** Sightings gathered by host, the host seen last first; within a host as they came. */
export function byHost(sightings: readonly ArtifactSighting[]): HostSightings[] {
  const hosts = new Map<number, HostSightings>()
  for (const sighting of sightings) {
    const { host_id: id, hostname: name, last_seen: lastSeen, count } = sighting
    const host = hosts.get(id) ?? { id, name, count: 0, lastSeen, places: [] }
    host.count += count
    host.places.push(sighting)
    if (Date.parse(lastSeen) > Date.parse(host.lastSeen)) host.lastSeen = lastSeen
    hosts.set(id, host)
  }
  return [...hosts.values()].sort((a, b) => Date.parse(b.lastSeen) - Date.parse(a.lastSeen))
}
