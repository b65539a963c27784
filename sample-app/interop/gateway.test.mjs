// Official buyers pay for an API that knows nothing of payments; the chain says what was charged.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { createSigner, wrapFetchWithPayment as wrapFetchVersion1 } from 'x402-fetch';
import { ACCOUNTS, DIR, FACILITATOR_PORT, HOST, NETWORK_V1 } from './lib/config.mjs';
import { balanceOf } from './lib/evm.mjs';
import { javaCommand, LIGHT } from './lib/java.mjs';
import { start, stopAll } from './lib/processes.mjs';
import { snippetOf } from './lib/snippets.mjs';

const GATEWAY = `http://${HOST}:${process.env.LAB_GATEWAY_PORT}`;
const PRICE = 10_000n;
const SIGNING_KEY = randomBytes(32).toString('base64');
const announcesItself = (log) => log.includes('"ready":true');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function findJar() {
  if (process.env.GATEWAY_JAR) return process.env.GATEWAY_JAR;
  const target = path.join(DIR, '..', '..', 'sample-gateway', 'target');
  const jars = existsSync(target) ? readdirSync(target).filter((file) => /^sample-gateway-.*\.jar$/.test(file)) : [];
  assert.equal(jars.length, 1, `one packaged gateway is expected in ${target}`);
  return path.join(target, jars[0]);
}

// --- the API

let received = [];

const faults = {
  '/cut-off': (request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('part');
    setTimeout(() => request.socket.destroy(), 50);
  },
  '/eof': (request) => request.socket.end(),
  '/slow': () => {},
  '/wrong-length': (request) => request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'),
  '/switches': (request) => request.socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\n\r\n'),
  '/redirect': (request, response) => response.writeHead(302, { location: `/data` }).end(),
  '/bad-gzip-chunk': (request) =>
    request.socket.end('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nxy'),
  '/error': (request, response) => response.writeHead(500).end('upstream broke'),
};

const goods = {
  '/gzip': (request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('compressed')),
  '/early': (request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    response.end('after hints');
  },
  '/echo': (request, response) => request.pipe(response),
  '/events': async (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let i = 0; i < 4; i++) {
      response.write(`data: ${i}\n\n`);
      await pause(300);
    }
    response.end();
  },
};

const upstream = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://upstream');
  received.push({ method: request.method, url: request.url, headers: request.headers });
  const respond = faults[pathname] ?? goods[pathname] ?? (() => response.end(`sold: ${request.url}`));
  respond(request, response);
});

// --- the buyers

const clientOf = (account) => new x402Client().register('eip155:*', new ExactEvmScheme(account));
const buyVersion2 = wrapFetchWithPayment(fetch, clientOf(ACCOUNTS.fetchV2));

/** Buys, and returns the response with what was charged on the chain. */
async function buy(pathname, { options = {}, fetching = buyVersion2 } = {}) {
  received = [];
  const before = await balanceOf(ACCOUNTS.payTo.address);
  const response = await fetching(`${GATEWAY}${pathname}`, options);
  const body = await response.text();
  return { response, body, charged: (await balanceOf(ACCOUNTS.payTo.address)) - before };
}

before(async () => {
  await new Promise((resolve) => upstream.listen(Number(process.env.LAB_UPSTREAM_PORT), HOST, resolve));
  const node = (name) => ({ name, command: process.execPath, args: [path.join(DIR, `${name}.mjs`)], ready: announcesItself });
  await start(node('chain'));
  await start(node('facilitator'));
  await start({
    name: 'gateway',
    command: javaCommand(),
    args: [...LIGHT, '-jar', findJar()],
    env: {
      SERVER_PORT: process.env.LAB_GATEWAY_PORT,
      UPSTREAM_URL: `http://${HOST}:${process.env.LAB_UPSTREAM_PORT}`,
      X402_FACILITATOR_URL: `http://${HOST}:${FACILITATOR_PORT}`,
      X402_NETWORK: NETWORK_V1,
      X402_PAY_TO: ACCOUNTS.payTo.address,
      GATEWAY_SIGNINGKEY: SIGNING_KEY,
      GATEWAY_UPSTREAMS_API_READTIMEOUT: '1s',
    },
    ready: (log) => log.includes('x402 ready: {'),
    timeoutMs: 180_000,
  });
});

after(async () => {
  await stopAll();
  upstream.closeAllConnections();
  upstream.close();
});

test('who does not pay gets an offer, and the API is not asked', async () => {
  received = [];
  assert.equal((await fetch(`${GATEWAY}/api/data`)).status, 402);
  assert.deepEqual(received, []);
});

test('a buyer of version 2 pays once, and the API learns who and not how', async () => {
  const { response, body, charged } = await buy('/api/data?b=1&a=2');
  assert.equal(body, 'sold: /data?b=1&a=2');
  assert.ok(decodePaymentResponseHeader(response.headers.get('payment-response')).success);
  assert.equal(charged, PRICE);
  assert.equal(received.length, 1);
  const { headers } = received[0];
  assert.equal(headers['x402-payer'].toLowerCase(), ACCOUNTS.fetchV2.address.toLowerCase());
  assert.equal(headers['x402-amount'], String(PRICE));
  assert.deepEqual(Object.keys(headers).filter((name) => name.includes('payment')), []);
});

test('the API proves with the lines of docs/gateway.md who sent a request', async () => {
  const verify = snippetOf('gateway.md', ['req', 'key', 'createHmac'], 'expected')();
  await buy('/api/data?c=3');
  assert.equal(received.length, 1);
  for (const request of received) {
    const { expected } = await verify(request, SIGNING_KEY, createHmac);
    assert.equal(request.headers['x402-signature'], expected);
    assert.notEqual((await verify({ ...request, url: '/data?c=4' }, SIGNING_KEY, createHmac)).expected, expected);
  }
});

test('a buyer of version 1 pays once', async () => {
  const signer = await createSigner(NETWORK_V1, ACCOUNTS.fetchV1.privateKey);
  const { response, body, charged } = await buy('/api/data', { fetching: wrapFetchVersion1(fetch, signer) });
  assert.equal(response.status, 200);
  assert.equal(body, 'sold: /data');
  assert.equal(charged, PRICE);
  assert.equal(received[0].headers['x-payment'], undefined);
});

test('a body passes', async () => {
  const { body, charged } = await buy('/api/echo', { options: { method: 'POST', body: 'a=1&a=2' } });
  assert.equal(body, 'a=1&a=2');
  assert.equal(charged, PRICE);
});

for (const [pathname, content] of Object.entries({ '/gzip': 'compressed', '/early': 'after hints' })) {
  test(`${pathname} is delivered and charged`, async () => {
    const { body, charged } = await buy(`/api${pathname}`);
    assert.equal(body, content);
    assert.equal(charged, PRICE);
  });
}

for (const pathname of Object.keys(faults)) {
  test(`${pathname} is not charged, and the API is asked once`, async () => {
    const { response, charged } = await buy(`/api${pathname}`);
    assert.ok(response.status >= 500, `the buyer got ${response.status}`);
    assert.equal(response.headers.get('payment-response'), null);
    assert.equal(charged, 0n);
    assert.equal(received.length, 1);
  });
}

test('events pass as they come', async () => {
  const response = await buyVersion2(`${GATEWAY}/api/events`);
  const arrived = [];
  for await (const _ of response.body) arrived.push(Date.now());
  assert.ok(response.headers.get('payment-response'));
  assert.ok(arrived.at(-1) - arrived[0] > 500, 'the events came all at once');
});

test('free paths are free, whoever says that he pays', async () => {
  received = [];
  const response = await fetch(`${GATEWAY}/api/free/data`, { headers: { 'X402-Payer': 'forged' } });
  assert.equal(await response.text(), 'sold: /free/data');
  assert.equal(received[0].headers['x402-payer'], undefined);
});
