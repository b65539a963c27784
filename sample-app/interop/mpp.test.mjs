// What buyers of the Machine Payments Protocol experience at the packaged sample. Started by run-mpp.mjs.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { Challenge, Receipt } from 'mppx';
import { evm, Mppx } from 'mppx/client';
import { ACCOUNTS } from './lib/config.mjs';
import { balanceOf } from './lib/evm.mjs';
import { countHandlerRuns, prepare, SAMPLE_URL, sampleLog, send, stopLab } from './lib/lab.mjs';
import { decode, encode, readWireChallenge, SECRET, signCredential } from './lib/mpp.mjs';
import { SERVED } from './lib/x402.mjs';

const MACHINE = ACCOUNTS.buyer;
const OFFICIAL = ACCOUNTS.fetchV2;
const CURRENCIES = [evm.assets.baseSepolia.USDC];

const machine = Mppx.create({
  methods: [evm({ account: MACHINE, currencies: CURRENCIES, maxAmount: '1' })],
  polyfill: false,
  maxPaymentRetries: 1,
});
const official = wrapFetchWithPayment(fetch, new x402Client().register('eip155:*', new ExactEvmScheme(OFFICIAL)));

const sent = [];
machine.onCredentialCreated(({ credential }) => sent.push(credential));

const money = async (buyer) => ({
  seller: await balanceOf(ACCOUNTS.payTo.address),
  buyer: await balanceOf(buyer.address),
});

/** Lets something happen and says how much money moved, from the buyer to the seller, and how often handlers ran. */
async function observe(action, buyer = MACHINE) {
  const [before, runs] = [await money(buyer), await countHandlerRuns()];
  const outcome = await action();
  const now = await money(buyer);
  assert.equal(now.seller - before.seller, before.buyer - now.buyer, 'the seller got what the buyer paid');
  return { outcome, charged: now.seller - before.seller, runs: (await countHandlerRuns()) - runs };
}

async function assertRefused(request, credential, { status = 402, code, headers = {} }) {
  const { outcome, charged, runs } = await observe(() =>
    send({ ...request, headers: { Authorization: `Payment ${encode(credential)}`, ...headers } }),
  );
  const problem = JSON.parse(outcome.body);
  assert.equal(outcome.status, status, outcome.body);
  assert.equal(problem.code, code);
  assert.equal(problem.status, status);
  assert.match(outcome.headers.get('content-type'), /^application\/problem\+json/);
  assert.equal(outcome.headers.get('payment-receipt'), null);
  assert.ok(!outcome.served);
  assert.equal(charged, 0n);
  assert.equal(runs, 0);
}

const challengeOf = async (request) => readWireChallenge((await send(request)).headers);
const credentialFor = async (request, account = MACHINE) =>
  signCredential({ challenge: await challengeOf(request), account });

describe('the packaged sample', () => {
  after(stopLab);

  test('asks for payment in both protocols', async () => {
    const response = await fetch(`${SAMPLE_URL}/weather`, { headers: { 'Accept-Payment': 'evm/charge' } });
    assert.equal(response.status, 402);
    assert.ok(response.headers.get('payment-required'));
    const challenge = Challenge.fromResponse(response);
    assert.ok(Challenge.verify(challenge, { secretKey: SECRET }));
    assert.equal(challenge.realm, new URL(SAMPLE_URL).host);
    const problem = await response.json();
    assert.equal(problem.type, 'https://paymentauth.org/problems/payment-required');
    assert.equal(problem.challengeId, challenge.id);
    assert.equal(problem.x402Version, 1);
  });

  test('sells the same handler to mppx and to @x402/fetch', async () => {
    const byMachine = await observe(() => machine.fetch(`${SAMPLE_URL}/weather`));
    assert.equal(byMachine.outcome.status, 200);
    assert.match(await byMachine.outcome.text(), new RegExp(SERVED));
    assert.equal(byMachine.charged, 50_000n);
    assert.equal(byMachine.runs, 1);
    const receipt = Receipt.fromResponse(byMachine.outcome);
    assert.equal(receipt.method, 'evm');
    assert.equal(receipt.status, 'success');
    assert.match(receipt.reference, /^0x[0-9a-f]{64}$/);
    assert.match(byMachine.outcome.headers.get('cache-control'), /private/);

    const byOfficial = await observe(() => official(`${SAMPLE_URL}/weather`), OFFICIAL);
    assert.equal(byOfficial.outcome.status, 200);
    assert.match(await byOfficial.outcome.text(), new RegExp(SERVED));
    assert.equal(byOfficial.charged, 50_000n);
    assert.equal(byOfficial.runs, 1);
    const { transaction } = decodePaymentResponseHeader(byOfficial.outcome.headers.get('payment-response'));
    assert.equal(Receipt.fromResponse(byOfficial.outcome).reference, transaction);
  });

  test('sells requests with a body to mppx', async () => {
    const { outcome, charged } = await observe(() =>
      machine.fetch(`${SAMPLE_URL}/echo`, {
        method: 'POST',
        body: 'some words',
        headers: { 'Content-Type': 'text/plain' },
      }),
    );
    assert.equal(outcome.status, 200);
    assert.match(await outcome.text(), /some words/);
    assert.equal(charged, 10_000n);
  });

  test('charges nothing for a handler that fails', async () => {
    const { outcome, charged } = await observe(() => machine.fetch(`${SAMPLE_URL}/fail`));
    assert.equal(outcome.status, 500);
    assert.equal(charged, 0n);
  });

  test('delivers once more what was paid for', async () => {
    const request = { path: '/weather' };
    const credential = await credentialFor(request);
    const headers = { Authorization: `Payment ${encode(credential)}` };
    const { outcome, charged, runs } = await observe(async () => [
      await send({ ...request, headers }),
      await send({ ...request, headers }),
    ]);
    assert.deepEqual(
      outcome.map(({ status }) => status),
      [200, 200],
    );
    assert.equal(outcome[0].body, outcome[1].body);
    assert.equal(charged, 50_000n);
    assert.equal(runs, 1);
  });

  const tampered = {
    'another amount': (c) => {
      const request = { ...decode(c.challenge.request), amount: '1' };
      c.challenge.request = encode(request);
      c.payload.value = '1';
    },
    'another realm': (c) => (c.challenge.realm = 'shop.example'),
    'another end': (c) => (c.challenge.expires = '2036-11-28T01:09:31Z'),
    'another id': (c) => (c.challenge.id = 'A'.repeat(43)),
    'another method': (c) => (c.challenge.method = 'tempo'),
    'no correlation data': (c) => delete c.challenge.opaque,
    'a digest': (c) => (c.challenge.digest = 'sha-256=AAAA'),
    'another nonce': (c) => (c.payload.nonce = `0x${'ab'.repeat(32)}`),
    'a longer validity': (c) => (c.payload.validBefore = String(Number(c.payload.validBefore) + 1)),
  };
  for (const [name, change] of Object.entries(tampered)) {
    test(`refuses a credential with ${name}`, async () => {
      const credential = await credentialFor({ path: '/weather' });
      change(credential);
      await assertRefused({ path: '/weather' }, credential, { code: 'invalid_challenge' });
    });
  }

  test('refuses a challenge that has expired', async () => {
    const credential = await credentialFor({ path: '/weather' });
    credential.payload.validBefore = '1700000000';
    await assertRefused({ path: '/weather' }, credential, {
      code: 'invalid_exact_evm_payload_authorization_valid_before',
    });
  });

  test('refuses the challenge of another handler of the same price', async () => {
    const credential = await credentialFor({ path: '/weather' });
    await assertRefused({ path: '/weather2' }, credential, { code: 'invalid_challenge' });
  });

  test('refuses a used credential for another body', async () => {
    const request = { path: '/echo', method: 'POST', body: 'one' };
    const credential = await credentialFor(request);
    const paid = await send({ ...request, headers: { Authorization: `Payment ${encode(credential)}` } });
    assert.equal(paid.status, 200);
    await assertRefused({ ...request, body: 'two' }, credential, { status: 409, code: 'payment_already_bound' });
  });

  test('refuses payments in both protocols', async () => {
    const { headers } = await prepare({ path: '/weather' });
    const credential = await credentialFor({ path: '/weather' });
    await assertRefused({ path: '/weather' }, credential, { status: 400, code: 'ambiguous_payment', headers });
  });

  test('refuses what somebody else signed', async () => {
    const credential = await credentialFor({ path: '/weather' }, ACCOUNTS.stranger);
    credential.payload.from = MACHINE.address;
    credential.source = credential.source.replace(ACCOUNTS.stranger.address, MACHINE.address);
    await assertRefused({ path: '/weather' }, credential, { code: 'invalid_exact_evm_signature' });
  });

  test('passes other credentials by', async () => {
    const { status, headers } = await send({ path: '/weather', headers: { Authorization: 'Bearer of.a.token' } });
    assert.equal(status, 402);
    assert.match(headers.get('www-authenticate'), /^Payment /);
  });

  test('logs neither the secret nor credentials', () => {
    const log = sampleLog();
    assert.ok(log.length > 0);
    assert.ok(!log.includes(SECRET));
    assert.ok(!log.includes('Payment eyJ'));
    assert.ok(sent.length >= 3);
    for (const credential of sent) {
      assert.match(credential, /^Payment /);
      assert.ok(!log.includes(credential));
    }
  });
});
