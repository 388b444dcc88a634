import { useEffect } from 'react'
import { outlast } from './analytics'
import { useLocation } from './location'

let counted = ''

export function PageViews() {
  const { pathname } = useLocation()
  useEffect(() => {
    // StrictMode runs an effect twice in development.
    if (counted === pathname) return
    counted = pathname
    outlast.capture('$pageview')
  }, [pathname])
  return null
}
