'use client'

import { usePathname } from 'next/navigation'
import { useEffect } from 'react'
import { outlast } from './analytics'

let counted = null

export function PageViews() {
  const pathname = usePathname()
  useEffect(() => {
    // How often StrictMode mounts it: twice in development.
    document.body.dataset.mounts = String(Number(document.body.dataset.mounts ?? 0) + 1)
  }, [])
  useEffect(() => {
    // StrictMode runs an effect twice in development.
    if (counted === pathname) return
    counted = pathname
    outlast.capture('$pageview')
  }, [pathname])
  return null
}
