// What the official buyer gets by signing in to the packaged sample. Started by run-signin.mjs.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import {
  createSIWxClientExtension,
  createSIWxPayload,
  encodeSIWxHeader,
  SIGN_IN_WITH_X,
  SIWxPayloadSchema,
  validateSIWxMessage,
  verifySIWxSignature,
} from '@x402/extensions/sign-in-with-x';
import { wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { javaCommand, LIGHT } from './lib/java.mjs';
import { findJar, SAMPLE_URL } from './lib/lab.mjs';
import { start, stopAll } from './lib/processes.mjs';
import { snippetOf } from './lib/snippets.mjs';
import { SERVED } from './lib/x402.mjs';

const PAYMENT = 'payment-signature';

before(async () => {
  await start({
    name: 'signin-sample',
    command: javaCommand(),
    args: [...LIGHT, '-Xmx320m', '-jar', findJar()],
    env: {
      SERVER_PORT: process.env.LAB_SAMPLE_PORT,
      SPRING_PROFILES_ACTIVE: 'lab',
      X402_BASEURL: SAMPLE_URL,
      X402_SIGNIN_ENABLED: 'true',
      X402_SIGNIN_STATEMENT: 'Sign in to use what you have paid for',
    },
    ready: () =>
      fetch(`${SAMPLE_URL}/free`).then(
        (response) => response.ok,
        () => false,
      ),
    timeoutMs: 180_000,
  });
});
after(stopAll);

/** An account that has paid nothing yet, with the official buyer, and what it sends. */
class Buyer {
  constructor() {
    this.account = privateKeyToAccount(generatePrivateKey());
    this.sent = [];
    const recording = async (request) => {
      this.sent.push(new Headers(request.headers));
      return fetch(request);
    };
    const client = new x402Client()
      .register('eip155:*', new ExactEvmScheme(this.account))
      .registerExtension(createSIWxClientExtension({ signers: [this.account] }));
    this.fetch = wrapFetchWithPayment(recording, client);
  }

  async get(pathname) {
    this.sent = [];
    const response = await this.fetch(SAMPLE_URL + pathname);
    return {
      status: response.status,
      body: await response.text(),
      headers: response.headers,
      paid: this.sent.some((headers) => headers.has(PAYMENT)),
      signedIn: this.sent.some((headers) => headers.has(SIGN_IN_WITH_X)),
      header: this.sent.map((headers) => headers.get(SIGN_IN_WITH_X)).find(Boolean),
    };
  }

  /** Signs the challenge for a path by hand. */
  async signIn(pathname) {
    const { extensions } = await challenge(pathname);
    const { info, supportedChains } = extensions[SIGN_IN_WITH_X];
    return createSIWxPayload({ ...info, ...supportedChains[0] }, this.account, SAMPLE_URL + pathname);
  }
}

async function challenge(pathname) {
  const response = await fetch(SAMPLE_URL + pathname);
  assert.equal(response.status, 402);
  return JSON.parse(Buffer.from(response.headers.get('PAYMENT-REQUIRED'), 'base64').toString());
}

const send = (pathname, header) => fetch(SAMPLE_URL + pathname, { headers: { [SIGN_IN_WITH_X]: header } });

async function assertRefused(response, code) {
  assert.equal(response.status, 402);
  assert.equal((await response.json()).code, code);
}

describe('the official buyer with its extension', () => {
  let buyer;

  beforeEach(() => {
    buyer = new Buyer();
  });

  test('pays once and signs in from then on', async () => {
    const bought = await buyer.get('/hour');
    assert.ok(bought.status === 200 && bought.paid, 'the first request is paid');
    for (let visit = 0; visit < 3; visit++) {
      const again = await buyer.get('/hour');
      assert.equal(again.status, 200);
      assert.ok(again.body.includes(SERVED));
      assert.ok(again.signedIn && !again.paid, 'later requests sign in and do not pay');
      assert.equal(again.headers.get('payment-response'), null);
    }
  });

  test('as docs/sign-in.md shows it, pays once and signs in from then on', async () => {
    const names = ['x402Client', 'ExactEvmScheme', 'createSIWxClientExtension', 'wrapFetchWithPayment', 'account', 'fetch'];
    const sent = [];
    const recording = (request) => {
      sent.push(new Headers(request.headers));
      return fetch(request);
    };
    const run = snippetOf('sign-in.md', names, 'fetchWithPayment')((text) => text.replace('https://api.example.com/quote', `${SAMPLE_URL}/hour`));
    const account = privateKeyToAccount(generatePrivateKey());
    const { fetchWithPayment } = await run(x402Client, ExactEvmScheme, createSIWxClientExtension, wrapFetchWithPayment, account, recording);
    assert.equal(sent.filter((headers) => headers.has(PAYMENT)).length, 1);
    const again = await fetchWithPayment(`${SAMPLE_URL}/hour`);
    assert.equal(again.status, 200);
    assert.equal(sent.filter((headers) => headers.has(PAYMENT)).length, 1, 'payments');
    assert.ok(sent.some((headers) => headers.has(SIGN_IN_WITH_X)));
  });

  test('uses up a pass and then pays', async () => {
    assert.ok((await buyer.get('/ten')).paid);
    for (let left = 8; left >= 0; left--) {
      const again = await buyer.get('/ten');
      assert.ok(again.status === 200 && !again.paid);
      assert.equal(again.headers.get('x402-pass-remaining'), String(left));
    }
    const eleventh = await buyer.get('/ten');
    assert.ok(eleventh.status === 200 && eleventh.signedIn && eleventh.paid);
  });

  test('pays where it owns nothing, and owns nothing of others', async () => {
    await new Buyer().get('/hour');
    const bought = await buyer.get('/hour');
    assert.ok(bought.status === 200 && bought.signedIn && bought.paid);
  });

  test('does not sign in where no pass is sold', async () => {
    const bought = await buyer.get('/cheap');
    assert.ok(bought.status === 200 && bought.paid && !bought.signedIn);
  });

  test('reads a challenge that the official server would take back', async () => {
    const payload = SIWxPayloadSchema.parse(await buyer.signIn('/hour'));
    assert.deepEqual(await validateSIWxMessage(payload, new URL(SAMPLE_URL)), { isValid: true });
    assert.deepEqual(await verifySIWxSignature(payload), { isValid: true, payer: buyer.account.address });
  });

  test('cannot send a sign-in again, elsewhere, or in the name of another', async () => {
    await buyer.get('/hour');
    const payload = await buyer.signIn('/hour');
    const header = encodeSIWxHeader(payload);
    await assertRefused(await send('/hour?again=1', header), 'sign_in_invalid');
    await assertRefused(await send('/ten', header), 'sign_in_invalid');
    const { signature } = await new Buyer().signIn('/hour');
    await assertRefused(await send('/hour', encodeSIWxHeader({ ...payload, signature })), 'sign_in_invalid');
    const elsewhere = { ...payload, domain: 'evil.example' };
    await assertRefused(await send('/hour', encodeSIWxHeader(elsewhere)), 'sign_in_invalid');
    assert.equal((await send('/hour', header)).status, 200);
    await assertRefused(await send('/hour', header), 'sign_in_used');
    await assertRefused(await send('/hour', (await buyer.get('/hour')).header), 'sign_in_used');
  });
});
