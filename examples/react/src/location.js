import { useSyncExternalStore } from 'react'

// The least router there is: the page's path, and a way to another one.
const subscribe = (changed) => {
  addEventListener('popstate', changed)
  return () => removeEventListener('popstate', changed)
}

export const useLocation = () => ({ pathname: useSyncExternalStore(subscribe, () => location.hash.slice(1) || '/') })

export function navigate(path) {
  history.pushState(null, '', `#${path}`)
  dispatchEvent(new PopStateEvent('popstate'))
}
