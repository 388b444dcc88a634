// @ts-check

const EVERY_MS = 50

/**
 * Waits for a condition outside this process, which nothing announces.
 *
 * @param {() => Promise<boolean>} holds
 * @param {number} patienceMs resolves with false after this long
 */
export async function until(holds, patienceMs) {
  const end = Date.now() + patienceMs
  while (!(await holds())) {
    if (Date.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
  return true
}
