// Official sellers settle through the facilitator server of the packaged sample:    node facilitator-server.test.mjs
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR) and Java 17 or newer. The facilitator behind the server is the simulated
// one; SERVER_ENV, a JSON object of environment variables for the sample, chooses another.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import express from 'express';
import { HTTPFacilitatorClient } from '@x402/core/server';
import { ExactEvmScheme as ExactEvmClient } from '@x402/evm/exact/client';
import { ExactEvmScheme as ExactEvmServer } from '@x402/evm/exact/server';
import { paymentMiddleware, x402ResourceServer } from '@x402/express';
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { paymentMiddleware as paymentMiddlewareV1 } from 'x402-express';
import { createSigner, decodeXPaymentResponse, wrapFetchWithPayment as wrapFetchV1 } from 'x402-fetch';
import { ACCOUNTS, DIR, HOST, NETWORK_V1, NETWORK_V2 } from './lib/config.mjs';
import { javaCommand, LIGHT } from './lib/java.mjs';
import { freePorts } from './lib/ports.mjs';
import { start, stopAll } from './lib/processes.mjs';
import { readChallenge, readReceipt, signPayment } from './lib/x402.mjs';

const TOKEN = 'token-of-the-official-sellers';
const CONTENT = 'sunny';
const COPIES = 10;

const [samplePort, sellerPort, sellerV1Port] = await freePorts(3);
const FACILITATOR_URL = `http://${HOST}:${samplePort}/facilitator`;
const WEATHER = `http://${HOST}:${sellerPort}/weather`;
const WEATHER_V1 = `http://${HOST}:${sellerV1Port}/weather`;
const AUTHORIZATION = { Authorization: `Bearer ${TOKEN}` };

const servers = [];
let runs = 0;

function listen(app, port) {
  app.get('/weather', (request, response) => {
    runs += 1;
    response.json({ weather: CONTENT });
  });
  return new Promise((resolve) => servers.push(app.listen(port, HOST, resolve)));
}

function sellerV2() {
  const client = new HTTPFacilitatorClient({
    url: FACILITATOR_URL,
    createAuthHeaders: async () => ({ verify: AUTHORIZATION, settle: AUTHORIZATION, supported: AUTHORIZATION }),
  });
  const seller = new x402ResourceServer(client).register(NETWORK_V2, new ExactEvmServer());
  const accepts = { scheme: 'exact', price: '$0.05', network: NETWORK_V2, payTo: ACCOUNTS.payTo.address };
  const app = express();
  app.use(paymentMiddleware({ 'GET /weather': { accepts, description: 'Weather' } }, seller));
  return listen(app, sellerPort);
}

function sellerV1() {
  const app = express();
  app.use(
    paymentMiddlewareV1(
      ACCOUNTS.payTo.address,
      { 'GET /weather': { price: '$0.05', network: NETWORK_V1 } },
      {
        url: FACILITATOR_URL,
        createAuthHeaders: async () => ({ verify: AUTHORIZATION, settle: AUTHORIZATION, supported: AUTHORIZATION }),
      },
    ),
  );
  return listen(app, sellerV1Port);
}

function findJar() {
  if (process.env.SAMPLE_JAR) return process.env.SAMPLE_JAR;
  const target = path.join(DIR, '..', 'target');
  const jars = readdirSync(target).filter(
    (file) => /^sample-app-.*\.jar$/.test(file) && !/-(sources|javadoc)\.jar$/.test(file),
  );
  assert.equal(jars.length, 1, `one packaged sample is expected in ${target}`);
  return path.join(target, jars[0]);
}

before(async () => {
  await start({
    name: 'facilitator-server',
    command: javaCommand(),
    args: [...LIGHT, '-jar', findJar()],
    env: {
      SERVER_PORT: String(samplePort),
      X402_PAY_TO: ACCOUNTS.payTo.address,
      X402_NETWORK: NETWORK_V1,
      X402_FACILITATOR_SERVER_ENABLED: 'true',
      X402_FACILITATOR_SERVER_TOKENS: TOKEN,
      ...JSON.parse(process.env.SERVER_ENV ?? '{}'),
    },
    ready: () =>
      fetch(`${FACILITATOR_URL}/supported`, { headers: AUTHORIZATION }).then(
        (response) => response.ok,
        () => false,
      ),
    timeoutMs: 180_000,
  });
  await Promise.all([sellerV2(), sellerV1()]);
});

after(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await stopAll();
});

/** A signed payment for the v2 seller, not sent yet. */
async function pay(options) {
  const unpaid = await fetch(WEATHER);
  assert.equal(unpaid.status, 402);
  const challenge = readChallenge(unpaid.headers, await unpaid.text());
  return signPayment({ challenge, version: 2, account: ACCOUNTS.buyer, ...options });
}

async function buy(payment) {
  const response = await fetch(WEATHER, { headers: payment.headers });
  const body = await response.text();
  return { status: response.status, served: body.includes(CONTENT), receipt: readReceipt(response.headers) };
}

function assertReceipt(receipt, network, account) {
  assert.equal(receipt?.success, true, 'there is no receipt of success');
  assert.equal(receipt.network, network);
  assert.equal(receipt.payer.toLowerCase(), account.address.toLowerCase());
  assert.match(receipt.transaction, /^0x[0-9a-f]{64}$/i);
}

describe('the facilitator server of the packaged sample', () => {
  test('@x402/express sells to @x402/fetch (v2)', async () => {
    const client = new x402Client().register('eip155:*', new ExactEvmClient(ACCOUNTS.fetchV2));
    const response = await wrapFetchWithPayment(fetch, client)(WEATHER);
    assert.equal(response.status, 200);
    assert.equal((await response.json()).weather, CONTENT);
    assertReceipt(decodePaymentResponseHeader(response.headers.get('payment-response')), NETWORK_V2, ACCOUNTS.fetchV2);
  });

  test('x402-express sells to x402-fetch (v1)', async () => {
    const signer = await createSigner(NETWORK_V1, ACCOUNTS.fetchV1.privateKey);
    const response = await wrapFetchV1(fetch, signer)(WEATHER_V1);
    assert.equal(response.status, 200);
    assert.equal((await response.json()).weather, CONTENT);
    assertReceipt(decodeXPaymentResponse(response.headers.get('x-payment-response')), NETWORK_V1, ACCOUNTS.fetchV1);
  });

  for (const [what, options] of [
    ['the signature of somebody else', { signer: ACCOUNTS.stranger }],
    ['less than the price', { changes: { value: '1' } }],
    ['money for somebody else', { changes: { to: ACCOUNTS.stranger.address } }],
    ['an expired authorization', { changes: { validBefore: '1' } }],
  ]) {
    test(`@x402/express refuses ${what}`, async () => {
      const before = runs;
      const { status, served } = await buy(await pay(options));
      assert.equal(status, 402);
      assert.ok(!served, 'content without payment');
      assert.equal(runs, before, 'runs of the handler');
    });
  }

  test('a payment that is used buys nothing else', async () => {
    const payment = await pay();
    const first = await buy(payment);
    assert.equal(first.status, 200);
    assertReceipt(first.receipt, NETWORK_V2, ACCOUNTS.buyer);
    const second = await buy(payment);
    assert.equal(second.status, 402);
    assert.ok(!second.served, 'content for a used payment');
  });

  test(`${COPIES} simultaneous copies of one payment buy one content`, async () => {
    const payment = await pay();
    const answers = await Promise.all(Array.from({ length: COPIES }, () => buy(payment)));
    assert.equal(answers.filter(({ served }) => served).length, 1);
  });

  test('who has no token is told nothing', async () => {
    for (const [pathname, method] of [
      ['supported', 'GET'],
      ['verify', 'POST'],
      ['settle', 'POST'],
    ]) {
      const response = await fetch(`${FACILITATOR_URL}/${pathname}`, { method });
      assert.equal(response.status, 401);
      assert.deepEqual(await response.json(), { error: 'unauthorized' });
    }
  });
});
