import { expect, test } from 'vitest'
import { readMasking } from './masking'

function masked(mask: unknown, address: string, name = '$current_url') {
  const warnings: string[] = []
  const masking = readMasking(mask, (message) => warnings.push(message))
  return { text: masking?.textFor?.(address, name) ?? address, warnings }
}
const of = (mask: unknown, address: string, name?: string) => masked(mask, address, name).text

test('the values of the parameters that are named are masked, in query and hash, and the others stay', () => {
  const mask = { queryParams: ['email', 'Ref'] }
  expect(of(mask, 'https://a.example/p?email=x@y.z&q=1&REF=2&flag#/route?email=1&s=2')).toBe(
    'https://a.example/p?email=<masked>&q=1&REF=<masked>&flag#/route?email=<masked>&s=2',
  )
  expect(of(mask, '/p?%65mail=x')).toBe('/p?%65mail=<masked>')
  expect(of(mask, '/p?user[email]=x&emails=2')).toBe('/p?user[email]=<masked>&emails=2')
})

test('the hash is left out where it is not wanted', () => {
  expect(of({ hash: true }, 'https://a.example/p?q=1#x?y#z')).toBe('https://a.example/p?q=1')
})

const SECRET_NAMES = [
  ...['token', 'access_token', 'id_token', 'refresh-token', 'csrfToken', 'code', 'password', 'passwd', 'pwd', 'secret'],
  ...['client_secret', 'api_key', 'apikey', 'key', 'auth', 'session_id', 'sid', 'jwt', 'sig', 'X-Amz-Signature', 'otp'],
  ...['X-Amz-Security-Token', 'user[password]', 'SAMLResponse', 'state', 'nonce', 'ticket', 'X-Amz-Credential'],
]

test.each(SECRET_NAMES)('P10: %s is a well-known secret', (name) => {
  expect(of({ queryParams: 'secrets' }, `/p?a=1&${name}=x`)).toBe(`/p?a=1&${name}=<masked>`)
  expect(of({ queryParams: ['email', 'secrets'] }, `/p#${name}=x`)).toBe(`/p#${name}=<masked>`)
})

test.each(['utm_source', 'q', 'page', 'country_code', 'gclid', 'monkey', 'keyword', 'author', 'statement'])(
  '%s is none',
  (name) => {
    expect(of({ queryParams: 'secrets' }, `/p?${name}=x`)).toBe(`/p?${name}=x`)
  },
)

test('P10: an address within a parameter, as that of a page to go back to, gives nothing away', () => {
  const mask = { queryParams: ['token'], hash: true }
  expect(of(mask, '/in?next=/signup?token=x')).toBe('/in?next=<masked>')
  expect(of(mask, `/in?next=${encodeURIComponent('/signup?token=x')}&a=1`)).toBe('/in?next=<masked>&a=1')
  const twice = encodeURIComponent(encodeURIComponent('/signup?token=x'))
  expect(of(mask, `/in?next=${twice}%2`)).toBe('/in?next=<masked>')
  expect(of(mask, `/in?next=${encodeURIComponent('/signup#secret')}`)).toBe('/in?next=<masked>')
  expect(of(mask, `/in?next=${encodeURIComponent('/signup?a=1')}&colour=%23fff`)).toBe(
    '/in?next=%2Fsignup%3Fa%3D1&colour=%23fff',
  )
})

test('P10: a user name and a password in an address are nobody’s business', () => {
  expect(of({ hash: true }, 'https://me:secret@a.example/@me')).toBe('https://<masked>@a.example/@me')
})

test.each([
  ...[
    '$current_url',
    '$referrer',
    '$initial_current_url',
    '$session_entry_referrer',
    '$external_click_url',
    'page_url',
  ],
  ...['attr__href', 'attr__action', 'filename', '$prev_pageview_url', 'uri'],
])('P10: %s is masked, whoever put it there', (name) => {
  expect(of({ queryParams: ['token'] }, '/p?token=x', name)).toBe('/p?token=<masked>')
})

test.each(['text', 'title', 'distinct_id', '$pathname', 'curlew'])('%s is no address', (name) => {
  expect(of({ queryParams: ['token'], hash: true }, 'a?token=x#y', name)).toBe('a?token=x#y')
})

test('a text is the names, with a # for the hash', () => {
  expect(of('secrets', '/p?token=x&q=1#z')).toBe('/p?token=<masked>&q=1#z')
  expect(of('email, #', '/p?token=x&email=1#z')).toBe('/p?token=x&email=<masked>')
})

test('P10: the links in posthog-js’s chain of elements are masked, and the rest of it stays', () => {
  const chain = 'a:href="/p?token=x#y"nth-child="1"text="C# ?token=1";form:action="/q?a=1"'
  expect(of({ queryParams: ['token'], hash: true }, chain, '$elements_chain')).toBe(
    'a:href="/p?token=<masked>"nth-child="1"text="C# ?token=1";form:action="/q?a=1"',
  )
})

test('P10: names that are addresses, as in posthog-js’s heatmaps, are masked too', () => {
  const masking = readMasking({ queryParams: ['token'] }, () => undefined)
  expect(masking?.nameFor?.('https://a.example/p?token=x')).toBe('https://a.example/p?token=<masked>')
  expect(masking?.nameFor?.('what?token=x')).toBe('what?token=x')
})

const unreadable = Object.defineProperty({}, 'hash', {
  enumerable: true,
  get() {
    throw new Error('hostile')
  },
})

test.each([
  [true],
  ['secrets,,#'],
  [['token']],
  [{ queryParams: 'token' }],
  [{ queryParams: [5] }],
  [{ queryParams: [''] }],
  [{ queryParams: {} }],
  [{ hash: 'yes' }],
  [{ queryParam: ['token'] }],
  [unreadable],
])('P10: a mask that cannot be used (%#) masks all that a mask can, and says so', (mask) => {
  const { text, warnings } = masked(mask, 'https://me:x@a.example/p?q=1#z')
  expect(text).toBe('https://a.example/p')
  expect(warnings).toEqual([
    expect.stringMatching(/^mask: .*; until it is put right, addresses go without query and hash$/),
  ])
})

test.each([undefined, null, false, {}, { queryParams: [], hash: false }, { queryParams: undefined }])(
  'without anything to mask (%j) addresses are whole',
  (mask) => {
    expect(masked(mask, '/p?token=x#y')).toEqual({ text: '/p?token=x#y', warnings: [] })
  },
)
