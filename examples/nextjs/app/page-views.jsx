'use client'

import { pageviews } from 'outlast/pageviews'
import { useEffect } from 'react'
import { outlast } from './analytics'

export function PageViews() {
  useEffect(() => {
    // How often StrictMode mounts it: twice in development.
    document.body.dataset.mounts = String(Number(document.body.dataset.mounts ?? 0) + 1)
    return pageviews(outlast).stop
  }, [])
  return null
}
