import { createContext, useContext } from 'react'

export interface LiveState {
  status: 'connecting' | 'live' | 'reconnecting' | 'offline'
  /** When the connection was lost, in milliseconds. */
  since: number
}

export const LiveContext = createContext<LiveState>({ status: 'connecting', since: 0 })

/** Whether changes appear by themselves at the moment. */
export function useLive(): LiveState {
  return useContext(LiveContext)
}
