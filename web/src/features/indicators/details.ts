import type { Artifact } from '../../api/models'
import { fieldOf, momentOf } from '../../ui/time'

/** What a form asks about an indicator beside its value. */
export interface Details {
  description: string
  tlp: Artifact['tlp']
  tags: string[]
  /** As a field of date and time shows it; empty for never. */
  expires: string
}

export const plain: Details = { description: '', tlp: 'amber', tags: [], expires: '' }

/** The details of a row, in the zone the person sees times in. */
export function detailsOf(row: Artifact, zone: string): Details {
  const { description, tlp, tags, expires_at } = row
  return { description, tlp, tags: tags ?? [], expires: expires_at ? fieldOf(expires_at, zone) : '' }
}

/** When it expires as the API wants it; undefined for never. */
export function expiryOf({ expires }: Details, zone: string): string | undefined {
  return momentOf(expires, zone) ?? undefined
}
