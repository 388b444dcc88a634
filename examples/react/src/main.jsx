import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { outlast } from './analytics'
import { navigate, useLocation } from './location'

function App() {
  const { pathname } = useLocation()
  // How often StrictMode mounts it: twice in development.
  useEffect(() => {
    document.body.dataset.mounts = String(Number(document.body.dataset.mounts ?? 0) + 1)
  }, [])
  return (
    <>
      <h1>{pathname === '/' ? 'A React app' : 'About it'}</h1>
      <button type="button" onClick={() => navigate('/about')}>
        About
      </button>
      <button type="button" onClick={() => outlast.capture('checkout', { total: 42 })}>
        Buy
      </button>
    </>
  )
}

createRoot(document.getElementById('app')).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
