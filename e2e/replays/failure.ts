import type { Dropped } from '../../src/core/base/accounting'
import type { Result } from './play'
import type { Story } from './stories'

/**
 * @param reasons of what was dropped
 * @param errors that pages and workers told
 * @returns why the story fell short
 */
export function failureOf(story: Story, result: Result, reasons: Dropped, errors: string[]): string | undefined {
  const { lost, duplicates, altered, captured, delivered, dropped } = result
  if (lost > 0) return `${lost} of ${captured} events were lost`
  if (dropped > 0) return `${dropped} events were dropped: ${JSON.stringify(reasons)}`
  if (captured === 0) return 'nothing was captured'
  if (altered > 0) return `${altered} events came back as others: name, person or time had changed`
  if (duplicates > 0 && !story.mayDuplicate && !story.mayLoseAnswers) return `${duplicates} events arrived again`
  if (story.mayDuplicate && duplicates === 0) return 'no answer was lost, so nothing was shown'
  if (errors.length > 0) return `a page or a worker told errors:\n  ${errors.join('\n  ')}`
  return delivered === captured ? undefined : `${delivered} of ${captured} events were delivered`
}
