// Where a webhook may lead: to the public internet, whatever a url or a name is made to look like.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGuard, isPublic, Refused } from '../../src/webhooks/guard.js';
import { createSend } from '../../src/webhooks/send.js';
import { newSecret } from '../../src/webhooks/signature.js';

const SPECIAL = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.0.0.2', '127.255.255.255'],
  ...['169.254.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.0.192', '192.0.2.1', '192.88.99.1'],
  ...['192.168.0.1', '192.168.255.255', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255'],
  ...['240.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1', '::8.8.8.8'],
  ...[
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    '100::1',
    '100:0:0:1::1',
    '2001::1',
    '2001:10::1',
    '2001:20::1',
    '2001:1ff::1',
  ],
  ...['2001:db8::1', '2002:7f00:1::', '2002:808:808::1', '3fff::1', '3fff:fff::1', '5f00::1', 'fc00::1', 'fd12:3456:789a::1'],
  ...['fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'ff02::1', 'ff0e::1', '4000::1', '1fff::1', '2606:4700::1%eth0'],
  ...['', 'localhost', '127.1', '2130706433'],
];
const PUBLIC = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '93.184.216.34', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.1'],
  ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.1', '192.0.3.0', '192.167.255.255'],
  ...['192.169.0.0', '198.17.255.255', '198.20.0.0', '198.51.99.255', '203.0.112.255', '223.255.255.255'],
  ...[
    '2001:200::1',
    '2001:4860:4860::8888',
    '2001:db7:ffff::1',
    '2001:db9::1',
    '2003::1',
    '2606:4700:4700::1111',
    '2a00:1450:4001::1',
    '3ffe::1',
  ],
];

test.each(SPECIAL)('%j is not of the public internet', (address) => {
  expect(isPublic(address)).toBe(false);
});
test.each(PUBLIC)('%s is of the public internet', (address) => {
  expect(isPublic(address)).toBe(true);
});

const answering = (...addresses: string[]) => createGuard({ allowPrivate: false, resolve: async () => addresses.map(withFamily) });
const withFamily = (address: string) => ({ address, family: address.includes(':') ? 6 : 4 });

describe('an url is refused', () => {
  const guard = answering('93.184.216.34');
  test.each([
    ['http://example.org/', /use https/],
    ['ftp://example.org/', /not an https address/],
    ['file:///etc/passwd', /not an https address/],
    ['//example.org', /not an https address/],
    ['example.org', /not an https address/],
    ['https://', /not an https address/],
    ['https://user@example.org/', /a name or a password/],
    ['https://:secret@example.org/', /a name or a password/],
    ['https://example.org/#x', /after #/],
    ...[
      'https://127.0.0.1/',
      'https://127.0.0.2:8443/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://0x7f000001/',
      'https://0177.0.0.1/',
      'https://127.1/',
      'https://127.0.0.1./',
      'https://１２７.０.０.１/',
      'https://0/',
      'https://169.254.169.254/latest/meta-data/',
      'https://[::1]/',
      'https://[::]/',
      'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:a00:1]/',
      'https://[0:0:0:0:0:ffff:7f00:0001]/',
      'https://[64:ff9b::7f00:1]/',
      'https://[fd00::1]/',
      'https://[fe80::1]/',
    ].map((url) => [url, /private or special address/] as [string, RegExp]),
  ])('%s', async (url, reason) => {
    expect(await guard.faultOf(url)).toMatch(reason);
  });

  test.each([[['10.0.0.1']], [['93.184.216.34', '10.0.0.1']], [['::1', '93.184.216.34']], [['2606:4700::1', '::ffff:10.0.0.1']]])(
    'whose name leads to %j, if any of them is special',
    async (addresses) => {
      expect(await answering(...addresses).faultOf('https://example.org/')).toMatch(/private or special address/);
    },
  );

  test('but not one of the public internet, at any port', async () => {
    for (const url of ['https://example.org/', 'https://example.org:8443/a?b=c', 'https://8.8.8.8/', 'https://[2606:4700:4700::1111]/'])
      expect(await guard.faultOf(url)).toBeNull();
  });

  test('and not one whose name cannot be resolved now: it is looked at again at each attempt', async () => {
    const guard = createGuard({ allowPrivate: false, resolve: () => Promise.reject(new Error('no such name')) });
    expect(await guard.faultOf('https://example.org/')).toBeNull();
    await expect(guard.addressesOf(new URL('https://example.org/'))).rejects.toThrow();
  });

  test('where private ones are allowed, http and any address are taken, names and passwords are not', async () => {
    const guard = createGuard({ allowPrivate: true, resolve: async () => [withFamily('10.0.0.1')] });
    for (const url of ['http://localhost:3000/', 'https://10.0.0.1/', 'http://intranet/hooks']) expect(await guard.faultOf(url)).toBeNull();
    expect(await guard.faultOf('http://user@intranet/')).toMatch(/a name or a password/);
  });
});

describe('an attempt', () => {
  let port: number;
  const hosts: string[] = [];
  const server = createServer((request, response) => {
    hosts.push(request.headers.host!);
    response.end('here');
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());
  const message = { id: 'msg_1', body: '{}' };
  const secrets = [newSecret()];

  test('goes to the address that was looked at, though the name leads elsewhere the next time', async () => {
    // The first answer is looked at; a second look would find nobody.
    const answers = ['127.0.0.1', '192.0.2.1'];
    let asked = 0;
    const resolve = async () => [withFamily(answers[asked++]!)];
    const send = createSend(createGuard({ allowPrivate: true, resolve }));
    const outcome = await send({ url: `http://rebinding.example:${port}/`, secrets }, message);
    expect(outcome).toMatchObject({ status: 'succeeded', response_status: 200, body: 'here' });
    expect(asked).toBe(1);
    expect(hosts).toEqual([`rebinding.example:${port}`]);
  });

  test('looks at the name each time, and is refused once it leads to a private address', async () => {
    const answers = ['93.184.216.34', '127.0.0.1'];
    let asked = 0;
    const guard = createGuard({ allowPrivate: false, resolve: async () => [withFamily(answers[asked++]!)] });
    const url = `https://rebinding.example:${port}/`;
    expect(await guard.faultOf(url)).toBeNull();
    const outcome = await createSend(guard)({ url, secrets }, message);
    expect(outcome).toMatchObject({ status: 'failed', response_status: null, error: expect.stringMatching(/private or special address/) });
    expect(hosts).toHaveLength(1);
  });

  test('is over in time even where the name server never answers', async () => {
    const guard = createGuard({ allowPrivate: false, resolve: () => new Promise(() => {}) });
    const outcome = await createSend(guard, { timeoutMs: 100 })({ url: 'https://example.org/', secrets }, message);
    expect(outcome).toMatchObject({ status: 'failed', error: 'The endpoint had not answered in full after 0.1 seconds.' });
  });

  test('names what went wrong in a sentence of its own', async () => {
    const guard = createGuard({ allowPrivate: true });
    const send = createSend(guard);
    expect(await send({ url: 'http://127.0.0.1:1/', secrets }, message)).toMatchObject({ error: 'The endpoint refused the connection.' });
    expect(await send({ url: `https://127.0.0.1:${port}/`, secrets }, message)).toMatchObject({
      error: expect.stringMatching(/^The TLS connection to the endpoint was not accepted/),
    });
    expect(() => guard.readUrl('http://a b/')).toThrow(Refused);
  });
});
