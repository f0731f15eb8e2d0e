import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { session } from '../api/http'
import { keys } from '../resources/keys'
import { toastNews } from '../ui/toast'
import { apply, moves } from './apply'
import type { LiveMessage } from './protocol'
import { type Heard, hasNews, hear, settled, silence } from './reducer'
import { Connection, type SocketLike } from './socket'
import { LiveContext, type LiveState } from './state'

const renderEvery = 250
const refetchEvery = 1_000
const pollAfter = 20_000
const pollEvery = 15_000
const announceEvery = 10_000

function openSocket(): SocketLike {
  const url = new URL('/api/notifications/ws', window.location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  return new WebSocket(url) as unknown as SocketLike
}

/** Gathers messages and shows them at most four times a second; fetches what they touch at most once a second. */
class Feed {
  private heard: Heard = silence
  private stale = new Set<string>()
  private showing: number | undefined
  private fetching: number | undefined

  constructor(
    private readonly client: QueryClient,
    private readonly announce: (news: LiveMessage[]) => void,
  ) {}

  lastSeq = () => this.heard.lastSeq

  take = (message: LiveMessage) => {
    this.heard = hear(this.heard, message)
    if (hasNews(this.heard)) this.showing ??= window.setTimeout(this.show, renderEvery)
  }

  stop(): void {
    window.clearTimeout(this.showing)
    window.clearTimeout(this.fetching)
  }

  private show = () => {
    this.showing = undefined
    const heard = this.heard
    this.heard = settled(heard)
    for (const resource of apply(this.client, heard)) this.stale.add(resource)
    if (heard.notifications.length > 0) this.announce(heard.notifications)
    if (this.stale.size > 0) this.fetching ??= window.setTimeout(this.refetch, refetchEvery)
  }

  private refetch = () => {
    this.fetching = undefined
    for (const resource of this.stale) void this.client.invalidateQueries({ queryKey: [resource] })
    this.stale = new Set()
  }
}

function toast(news: LiveMessage[]): void {
  for (const { notification } of news.slice(-3)) {
    if (!notification) continue
    const urgent = notification.severity === 'critical' || notification.severity === 'high'
    toastNews(notification.title, notification.message, urgent)
  }
}

function connect(feed: Feed, client: QueryClient, setState: (state: LiveState) => void): Connection {
  return new Connection({
    open: openSocket,
    token: async (fresh) => {
      const token = session.current()
      return token && !fresh ? token : session.refresh(token)
    },
    lastSeq: feed.lastSeq,
    onMessage: feed.take,
    onUp: (reconnected) => {
      setState({ status: 'live', since: Date.now() })
      // Progress messages carry no number: what ran meanwhile is fetched again.
      if (reconnected) void client.invalidateQueries({ predicate: moves })
    },
    onDown: () => setState({ status: 'reconnecting', since: Date.now() }),
    timers: { set: (work, delay) => window.setTimeout(work, delay), clear: (id) => window.clearTimeout(id) },
    random: Math.random,
  })
}

/** One socket a tab; everything below sees its news and its state. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [state, setState] = useState<LiveState>({ status: 'connecting', since: Date.now() })
  const [news, setNews] = useState(0)

  useEffect(() => {
    const feed = new Feed(client, (messages) => {
      toast(messages)
      setNews((before) => before + messages.length)
    })
    const connection = connect(feed, client, setState)
    connection.start()
    const stopListening = session.subscribe(() => {
      const token = session.current()
      if (token) connection.extend(token)
    })
    const online = () => connection.hurry()
    window.addEventListener('online', online)
    return () => {
      stopListening()
      window.removeEventListener('online', online)
      connection.stop()
      feed.stop()
    }
  }, [client])

  usePolling(state, client)
  const offline = useOffline()
  const shown: LiveState = offline ? { status: 'offline', since: offline } : state
  return (
    <LiveContext value={shown}>
      {children}
      <Announcer news={news} onSaid={() => setNews(0)} />
    </LiveContext>
  )
}

/** When the browser went offline, or null. */
function useOffline(): number | null {
  const [since, setSince] = useState<number | null>(navigator.onLine ? null : Date.now())
  useEffect(() => {
    const on = () => setSince(null)
    const off = () => setSince(Date.now())
    window.addEventListener('online', on)
    window.addEventListener('offline', off)
    return () => {
      window.removeEventListener('online', on)
      window.removeEventListener('offline', off)
    }
  }, [])
  return since
}

/** Asks again every 15 s once the socket has been down for 20 s. */
function usePolling({ status, since }: LiveState, client: QueryClient): void {
  useEffect(() => {
    if (status === 'live') return
    let polling: number | undefined
    const ask = () => {
      for (const resource of [
        keys.notifications,
        keys.executions,
        keys.dashboard,
        keys.hosts,
        keys.cases,
        keys.hunts,
      ]) {
        void client.invalidateQueries({ queryKey: [resource] })
      }
    }
    const waiting = window.setTimeout(
      () => {
        polling = window.setInterval(ask, pollEvery)
      },
      Math.max(0, since + pollAfter - Date.now()),
    )
    return () => {
      window.clearTimeout(waiting)
      window.clearInterval(polling)
    }
  }, [status, since, client])
}

/** Tells those who can't see the toasts how many there were, at most every 10 s. */
function Announcer({ news, onSaid }: { news: number; onSaid: () => void }) {
  const { t } = useTranslation()
  const [said, setSaid] = useState('')
  const say = useEffectEvent(() => {
    setSaid(t('shell.live.announce', { count: news }))
    onSaid()
  })
  const anything = news > 0
  useEffect(() => {
    if (!anything) return
    const timer = window.setTimeout(say, announceEvery)
    return () => window.clearTimeout(timer)
  }, [anything])
  return (
    <div className="visually-hidden" aria-live="polite">
      {said}
    </div>
  )
}
