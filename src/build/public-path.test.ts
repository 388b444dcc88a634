import { expect, test } from 'vitest'
import { publicPath } from './public-path'

test.each([
  ['public', '/'],
  ['./public/', '/'],
  ['.', '/'],
  ['site', '/'],
  ['public/shop', '/shop/'],
  ['apps/web/public/shop/new', '/shop/new/'],
  ['..\\web\\static\\shop', '/shop/'],
  ['/srv/www/shop/public', '/'],
  ['/srv/www/shop', '/shop/'],
  ['dist/../shop', '/'],
  ['public/my shop', '/my%20shop/'],
])('%s is served as %s', (dir, served) => {
  expect(publicPath(dir)).toBe(served)
})
