import { lazy, Suspense } from 'react'

const ConfirmModal = lazy(async () => ({ default: (await import('./ConfirmModal')).ConfirmModal }))

export interface ConfirmDialogProps {
  opened: boolean
  title: string
  /** What will happen, in plain words. */
  consequence: string
  confirm: string
  /** What must be typed before it can be done, and the words that ask for it. */
  typed?: { text: string; label: string }
  /** Asks why, which is kept with the act: the words that ask for it. */
  reason?: string
  pending: boolean
  error: unknown
  onConfirm: (reason: string) => void
  onClose: () => void
}

/** Asks before something that can't be taken back. Fetched when first needed. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return <Suspense>{props.opened ? <ConfirmModal {...props} /> : null}</Suspense>
}
