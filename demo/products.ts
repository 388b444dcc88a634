/** What the shop sells, with a drawing each. Colours come from the style sheet, so that they fit light and dark. */

import { svg } from './dom'

export interface Product {
  id: string
  name: string
  price: number
  kind: 'paper' | 'ink'
  about: string
  draw(): SVGElement
}

const path = (name: string, d: string) => svg('path', { class: name, d })
const picture = (...parts: SVGElement[]) =>
  svg('svg', { viewBox: '0 0 48 48', class: 'picture', 'aria-hidden': 'true' }, ...parts)

export const PRODUCTS: readonly Product[] = [
  {
    id: 'notebook',
    name: 'Field notebook',
    price: 14,
    kind: 'paper',
    about: '96 pages, sewn, lies flat. Survives the rain.',
    draw: () =>
      picture(
        path('fill-a', 'M12 7h23a2 2 0 0 1 2 2v30a2 2 0 0 1-2 2H12z'),
        path('fill-b', 'M12 7h5v34h-5z'),
        path('stroke', 'M22 15h10M22 20h7'),
      ),
  },
  {
    id: 'ink',
    name: 'Midnight ink',
    price: 12,
    kind: 'ink',
    about: '30 ml of iron gall. What is written stays written.',
    draw: () =>
      picture(
        path('fill-b', 'M18 6h12v7H18z'),
        path('fill-a', 'M16 14h16l5 8v17a3 3 0 0 1-3 3H14a3 3 0 0 1-3-3V22z'),
        path('fill-paper', 'M16 25h16v10H16z'),
        path('stroke', 'M20 30h8'),
      ),
  },
  {
    id: 'letters',
    name: 'Letter set',
    price: 8,
    kind: 'paper',
    about: 'Twelve envelopes. They arrive, even if late.',
    draw: () =>
      picture(
        path('fill-a', 'M6 12h36v25H6z'),
        path('fill-b', 'm6 12 18 15 18-15z'),
        path('stroke', 'm6 37 13-13M42 37 29 24'),
      ),
  },
  {
    id: 'seal',
    name: 'Sealing wax',
    price: 9,
    kind: 'ink',
    about: 'Closes a letter so that nobody opens it on the way.',
    draw: () =>
      picture(
        path('fill-b', 'M24 6c5 0 6 4 10 5s7 4 7 9-2 6-2 10-4 9-9 9-5 3-9 2-6-4-10-6-5-6-4-10 0-6 3-10 4-9 14-9z'),
        path('fill-a', 'M24 13a11 11 0 1 1 0 22 11 11 0 0 1 0-22z'),
        path('stroke', 'M17 20h14v9H17zM17 20l7 6 7-6'),
      ),
  },
]

export const PRICE = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 })
