import { useEffect, useState } from 'react'
import { Problem } from '../api/problem'

/** Whole seconds left until a moment, counted down; 0 when it has passed or there is none. */
export function useCountdown(until: number | null): number {
  const [present, setPresent] = useState(Date.now)
  useEffect(() => {
    if (until === null) return
    setPresent(Date.now())
    const timer = window.setInterval(() => {
      setPresent(Date.now())
      if (Date.now() >= until) window.clearInterval(timer)
    }, 500)
    return () => window.clearInterval(timer)
  }, [until])
  return until === null ? 0 : Math.max(0, Math.ceil((until - present) / 1000))
}

/** When a failed call may be tried again; null when it may at once. */
export function retryAt(error: unknown): number | null {
  return error instanceof Problem && error.status === 429 ? error.retryAt : null
}

/** Seconds as a clock shows them: 0:09, 14:32, 1:00:00. */
export function countdown(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  const rest = `${two(seconds % 60)}`
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`
}
