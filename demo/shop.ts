/** The shop: an ordinary small page whose clicks are captured as events. Its page views are a plugin's (`main.ts`). */

import type { Capture } from './capture'
import { byId, count, element, setText } from './dom'
import { PRICE, PRODUCTS, type Product } from './products'

export function openShop(capture: Capture): void {
  const bag: Product[] = []
  const bagLine = byId('bag')
  const looking = byId('looking')
  const checkout = byId<HTMLButtonElement>('checkout')
  const total = () => bag.reduce((sum, { price }) => sum + price, 0)

  function showBag(): void {
    setText(bagLine, `${count(bag.length, 'thing')} in your bag, ${PRICE.format(total())}`)
    checkout.disabled = false
  }

  const shelf = PRODUCTS.map((product) =>
    addCard(product, {
      view() {
        setText(looking, product.about)
        capture('product_viewed', { product: product.id })
      },
      add() {
        bag.push(product)
        showBag()
        capture('product_added', { product: product.id, price: product.price })
      },
    }),
  )

  checkout.addEventListener('click', () => {
    if (bag.length === 0) return
    capture('order_placed', { products: bag.map(({ id }) => id), total: total() })
    bag.length = 0
    setText(bagLine, 'Thank you! Your bag is empty again.')
    // Disabled would lose the keyboard's place; the next click does nothing.
    checkout.setAttribute('aria-disabled', 'true')
  })
  byId('shelf').addEventListener('click', () => bag.length > 0 && checkout.removeAttribute('aria-disabled'))

  function showRoute(): void {
    const kind = location.hash.replace(/^#\/?/, '')
    for (const { product, card } of shelf) card.hidden = kind !== '' && product.kind !== kind
    for (const link of document.querySelectorAll<HTMLAnchorElement>('.shop nav a')) {
      if (link.hash === (location.hash || '#/')) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    }
  }

  window.addEventListener('hashchange', showRoute)
  showRoute()
}

function addCard(product: Product, on: { view(): void; add(): void }): { product: Product; card: HTMLElement } {
  const view = element(
    'button',
    { type: 'button', class: 'product' },
    product.draw(),
    element('span', {}, product.name),
  )
  const add = element('button', { type: 'button', 'aria-label': `Add ${product.name} to the bag` }, 'Add')
  const price = element('span', { class: 'price' }, PRICE.format(product.price))
  const card = element('li', { class: 'card' }, view, price, add)
  view.addEventListener('click', on.view)
  add.addEventListener('click', on.add)
  byId('shelf').append(card)
  return { product, card }
}
