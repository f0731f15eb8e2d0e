import { useEffect } from 'react'

/** Gives the focus back to what had it, when the component that took it goes away. */
export function useReturnFocus(): void {
  useEffect(() => {
    const before = document.activeElement
    return () => {
      // After the dialog is gone: until then it would take the focus back.
      if (before instanceof HTMLElement) setTimeout(() => before.isConnected && before.focus({ preventScroll: true }))
    }
  }, [])
}
