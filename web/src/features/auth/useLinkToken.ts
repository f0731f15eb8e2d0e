import { useEffect, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'

/**
 * The token of a mail's link, which stands in the address's fragment so that it reaches no server and no log. It is
 * taken out of the address bar and the history at once; null when the address has none.
 */
export function useLinkToken(): string | null {
  const { hash, pathname } = useLocation()
  const navigate = useNavigate()
  const found = new URLSearchParams(hash.slice(1)).get('token')
  const [token, setToken] = useState(found)
  useEffect(() => {
    if (!hash) return
    if (found) setToken(found)
    void navigate(pathname, { replace: true })
  }, [hash, found, pathname, navigate])
  return found ?? token
}
