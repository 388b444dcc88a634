/** The collector's fault panel: native radio buttons, so arrow keys work, that show what the collector says it does. */

import { type Fault, MODES, type Mode, setFault } from './collector-api'
import { byId, element } from './dom'
import { LONGEST_PAUSE } from './settings'

interface Extra {
  key: 'retryAfter' | 'maxEvents'
  before: string
  after: string
  value: number
  min: number
  max: number
}

const TEXTS: Record<Mode, { does: string; extra?: Extra; event?: string }> = {
  ok: { does: 'takes everything' },
  '503': { does: 'refuses for now' },
  '429': {
    does: '',
    extra: { key: 'retryAfter', before: 'asks to wait', after: 's', value: 3, min: 1, max: LONGEST_PAUSE },
  },
  '413': {
    does: '',
    extra: { key: 'maxEvents', before: 'refuses over', after: 'at once', value: 1, min: 0, max: 99 },
  },
  '400': { does: 'refuses a batch with an order', event: 'order_placed' },
  portal: { does: 'answers 200 with a page (HTML)' },
  hang: { does: 'never answers' },
  lost: { does: 'stores, but the answer is lost' },
  down: { does: 'cuts every connection' },
}

export interface FaultPanel {
  show(fault: Fault): void
  unreachable(): void
}

export function createFaultPanel(): FaultPanel {
  const form = byId<HTMLFormElement>('faults')
  const fieldset = form.querySelector('fieldset') as HTMLFieldSetElement
  byId('fault-list').append(...MODES.map(row))

  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('change', () => {
    const fault = chosen(form)
    // Unreachable: the stream notices too, and says so.
    if (fault) setFault(fault).catch(() => undefined)
  })

  return {
    show(fault) {
      fieldset.disabled = false
      form.dataset.broken = String(fault.mode !== 'ok')
      for (const radio of form.querySelectorAll<HTMLInputElement>('input[type=radio]')) {
        radio.checked = radio.value === fault.mode
      }
      for (const { extra } of Object.values(TEXTS)) {
        const value = extra && fault[extra.key]
        if (extra && value !== undefined) numberField(form, extra).value = String(value)
      }
    },
    unreachable() {
      fieldset.disabled = true
    },
  }
}

function row(mode: Mode): HTMLElement {
  const { does, extra } = TEXTS[mode]
  const radio = element('input', { type: 'radio', name: 'mode', value: mode, id: `fault-${mode}` })
  const label = element('label', { for: `fault-${mode}` }, radio, element('b', {}, mode), ` ${extra?.before ?? does}`)
  const made = element('div', { class: 'fault' }, label)
  if (extra) {
    const { key, before, after, value, min, max } = extra
    const limits = { min: String(min), max: String(max), value: String(value) }
    const field = element('input', {
      type: 'number',
      name: key,
      ...limits,
      'aria-label': `${mode} ${before} (${after})`,
    })
    made.append(field, element('span', {}, after))
  }
  return made
}

const numberField = (form: HTMLFormElement, { key }: Extra) => form.elements.namedItem(key) as HTMLInputElement

function chosen(form: HTMLFormElement): Fault | undefined {
  const mode = new FormData(form).get('mode') as Mode | null
  if (!mode) return undefined
  const { extra, event } = TEXTS[mode]
  const field = extra && numberField(form, extra)
  if (!extra || !field) return event === undefined ? { mode } : { mode, event }
  // A field that was emptied, or holds too much, counts as what it began with.
  return { mode, [extra.key]: field.validity.valid && field.value !== '' ? field.valueAsNumber : extra.value }
}
