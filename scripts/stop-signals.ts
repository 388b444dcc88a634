/** Ctrl-C and SIGTERM: the first one closes cleanly, a later one forces. */

// One Ctrl-C arrives twice: the terminal signals the whole process group, and npm passes its own on.
const SAME_KEY_PRESS_MS = 500
const CLOSE_LIMIT_MS = 5_000

export function onStopSignal(close: () => Promise<void>) {
  let stoppingSince: number | undefined
  const stop = async () => {
    const now = performance.now()
    if (stoppingSince !== undefined) {
      if (now - stoppingSince > SAME_KEY_PRESS_MS) process.exit(130)
      return
    }
    stoppingSince = now
    await exitAfter(close)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

async function exitAfter(close: () => Promise<void>) {
  const limit = setTimeout(() => {
    console.error(`Not closed after ${CLOSE_LIMIT_MS / 1000} s; leaving anyway.`)
    process.exit(1)
  }, CLOSE_LIMIT_MS)
  try {
    await close()
    console.log('\nStopped.')
    process.exit(0)
  } catch (error) {
    console.error('The server did not close cleanly:', error)
    process.exit(1)
  } finally {
    clearTimeout(limit)
  }
}
