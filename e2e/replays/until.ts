const EVERY_MS = 50

/**
 * Waits for a condition outside this process, which nothing announces.
 *
 * @param patienceMs resolves with false after this long
 */
export async function until(holds: () => Promise<boolean>, patienceMs: number) {
  const end = Date.now() + patienceMs
  while (!(await holds())) {
    if (Date.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
  return true
}
