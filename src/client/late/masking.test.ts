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

test.each([
  ['größe', '/p?größe=x', '/p?größe=<masked>'],
  ['größe', '/p?gr%C3%B6%C3%9Fe=x', '/p?gr%C3%B6%C3%9Fe=<masked>'],
  ['имя', '/p?filter%5B%D0%B8%D0%BC%D1%8F%5D=x', '/p?filter%5B%D0%B8%D0%BC%D1%8F%5D=<masked>'],
  ['first name', '/p?first+name=x&first%20name=y', '/p?first+name=<masked>&first%20name=<masked>'],
])('P10: a name may be of any letters: %s in %s', (name, address, expected) => {
  expect(of({ queryParams: [name] }, address)).toBe(expected)
})

test('P10: a name with a number after it, and one in JSON, are found', () => {
  expect(of('secrets', '/p?password1=x&password_2=y&page2=z')).toBe('/p?password1=<masked>&password_2=<masked>&page2=z')
  expect(of('secrets', '/p?x={"token":"a"}&y={"page":1}')).toBe('/p?x=<masked>&y={"page":1}')
})

test('P10: a query is found in a parameter without an address before it, and what is nested too deep goes unread', () => {
  expect(of('secrets', `/p?params=${encodeURIComponent('token=x&b=1')}&q=1`)).toBe('/p?params=<masked>&q=1')
  let nested = '/e?token=x'
  for (let level = 0; level < 12; level++) nested = `/p?next=${encodeURIComponent(nested)}`
  expect(of('secrets', nested)).toBe('/p?next=<masked>')
})

test('P10: a user name and a password in an address are nobody’s business', () => {
  expect(of({ hash: true }, 'https://me:secret@a.example/@me')).toBe('https://<masked>@a.example/@me')
  expect(of({ hash: true }, ' blob:https://me:secret@a.example/')).toBe(' blob:https://<masked>@a.example/')
  expect(of({ hash: true }, 'jdbc:postgresql://me:secret@host/db')).toBe('jdbc:postgresql://<masked>@host/db')
  expect(of({ hash: true }, 'https:\\\\me:secret@host/')).toBe('https:\\\\<masked>@host/')
  expect(of({ hash: true }, 'mailto:me@a.example')).toBe('mailto:me@a.example')
  expect(of({ hash: true }, '/users/@me')).toBe('/users/@me')
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

test.each(['text', 'title', 'distinct_id', 'curlew'])('%s is no address', (name) => {
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

test('P10: any attribute in the chain may have an address in it', () => {
  const chain =
    'img:attr__srcset="/i.png?X-Amz-Signature=x 2x"attr__poster="/i?sig=x#y"attr__data-link="/x?token=x"attr__alt="A #1"'
  expect(of({ queryParams: 'secrets', hash: true }, chain, '$elements_chain')).toBe(
    'img:attr__srcset="/i.png?X-Amz-Signature=<masked>"attr__poster="/i?sig=<masked>"attr__data-link="/x?token=<masked>"attr__alt="A #1"',
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
  const { text, warnings } = masked(mask, 'https://me:x@a.example/p;jsessionid=1?q=1#z')
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

test.each(['$pathname', '$prev_pageview_pathname', '$initial_pathname', '$session_entry_pathname'])(
  'P10: a parameter within a path is masked in %s too',
  (name) => {
    expect(of('secrets', '/a;jsessionid=SECRET/b', name)).toBe('/a;jsessionid=<masked>')
    expect(of({ hash: true, other: 1 }, '/a;jsessionid=SECRET', name)).toBe('/a')
  },
)
