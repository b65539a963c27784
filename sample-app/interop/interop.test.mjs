// What the packaged sample does with official buyers, an honest facilitator and a faulty one. Started by run.mjs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { ACCOUNTS, DIR } from './lib/config.mjs';
import { FAULTS } from './lib/faults.mjs';
import * as lab from './lib/lab.mjs';
import * as permit2 from './lib/permit2.mjs';
import { WALLETS } from './lib/wallets.mjs';
import { readChallenge, SERVED } from './lib/x402.mjs';

const WEATHER = { path: '/weather' };

const BIG = { path: '/big' };

// what the shop sells at a fixed price, with the body of what is posted
const GOODS = [
  ...[['/ask?question=Why'], ['/chart'], ['/echo', `${SERVED}: listed`], ['/files/field-notes.txt'], ['/report.csv']],
  ...[['/report.pdf'], ['/tide'], ['/weather?city=Lisbon']],
];

// how a handler can answer: GET /lab/STYLE of the sample
const HANDLER_STYLES = [
  ...['pojo', 'string', 'bytes', 'entity', 'resource', 'writer', 'output', 'stream', 'callable', 'deferred', 'future'],
  ...['sse', 'etag', 'cookie', 'functional'],
];

function assertDelivered({ answer, charged, handlerRuns, settleCalls }, status = 200) {
  assert.equal(answer.status, status);
  assert.equal(answer.receipt?.success, true, 'the receipt');
  assert.ok(charged, 'the payment');
  assert.equal(handlerRuns, 1, 'runs of the handler');
  assert.equal(settleCalls, 1, 'settle calls');
}

function assertDeclined({ answer, charged, settleCalls }) {
  assert.equal(answer.status, 402);
  assertNothingOfTheHandler(answer);
  assert.equal(answer.receipt?.success, false, 'the receipt');
  assert.ok(!charged, 'charged although declined');
  assert.equal(settleCalls, 1, 'settle calls');
}

/** The buyer must neither get the content nor be told to pay once more. */
function assertUndecided({ answer }) {
  assert.equal(answer.status, 503);
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/, 'Retry-After');
  assertNothingOfTheHandler(answer);
  assert.equal(answer.headers.get('payment-required'), null, 'a new challenge');
  assert.equal(readChallenge(answer.headers, answer.body).v1, undefined, 'a new challenge of version 1');
  if (answer.receipt) assert.equal(answer.receipt.errorReason, 'settlement_pending', 'a receipt of failure');
}

function assertNothingOfTheHandler({ served, headers }) {
  assert.ok(!served, 'content');
  for (const name of ['Set-Cookie', 'ETag', 'Location', 'X-Lab']) assert.equal(headers.get(name), null, name);
}

function assertRefused({ answer, charged, handlerRuns, settleCalls }) {
  assert.equal(answer.status, 402);
  assert.ok(readChallenge(answer.headers, answer.body).v2, 'a new challenge');
  assertUntouched({ answer, charged, handlerRuns, settleCalls });
}

function assertUntouched({ answer, charged, handlerRuns, settleCalls }) {
  assert.ok(!answer.served, 'content without payment');
  assert.ok(!charged, 'charged although refused');
  assert.equal(handlerRuns, 0, 'runs of the handler');
  assert.equal(settleCalls, 0, 'settle calls');
}

const PATIENCE_MS = 60_000;

/** Longer than until the server first asks again how a settlement ended. */
const ASKED_AGAIN_MS = 8_000;

/** Sends the same payment again until the content comes: nothing but patience is asked of the buyer, and no more money. */
async function assertCollected(purchase, { charged = false, reruns = 0 } = {}) {
  const deadline = Date.now() + PATIENCE_MS;
  let chargedBefore = charged;
  let runs = 0;
  for (;;) {
    const result = await lab.observe(purchase);
    assert.ok(!(chargedBefore && result.charged), 'charged twice');
    chargedBefore ||= result.charged;
    runs += result.handlerRuns;
    if (result.answer.status === 200) {
      assert.equal(result.answer.receipt?.success, true, 'the receipt');
      assert.ok(result.answer.served, 'the content');
      assert.ok(runs <= reruns, 'more runs of the handler');
      return;
    }
    assertPatience(result);
    assert.ok(Date.now() < deadline, 'the buyer never got the content');
    await sleep(500);
  }
}

/** The facilitator cannot tell any more that it settled: the buyer is put off, and neither told a failure nor charged again. */
async function assertNeverFailed(purchase) {
  const deadline = Date.now() + ASKED_AGAIN_MS;
  while (Date.now() < deadline) {
    const result = await lab.observe(purchase);
    assertPatience(result);
    assert.ok(!result.charged, 'charged twice');
    assert.equal(result.handlerRuns, 0, 'runs of the handler');
    await sleep(1000);
  }
}

function assertPatience({ answer }) {
  assert.ok([409, 503].includes(answer.status), `the repetition got ${answer.status}`);
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/, 'Retry-After');
  assert.equal(answer.headers.get('payment-required'), null, 'a new challenge');
  assertNothingOfTheHandler(answer);
}

describe('the packaged sample', () => {
  after(lab.stopLab);
  afterEach(lab.clearFaults);

  describe('is paid by the official buyers', () => {
    const run = promisify(execFile);
    const buy = async (client, ...args) => {
      const { stdout } = await run(process.execPath, [path.join(DIR, client), ...args], { timeout: 60_000 });
      return JSON.parse(stdout);
    };
    for (const [name, client] of [
      ['@x402/fetch (v2)', 'client-fetch-v2.mjs'],
      ['@x402/axios (v2)', 'client-axios-v2.mjs'],
      ['x402-fetch (v1)', 'client-fetch-v1.mjs'],
      ['x402-axios (v1)', 'client-axios-v1.mjs'],
    ]) {
      test(`${name} gets GET /weather for $0.05`, async () => {
        const { price } = await buy(client, `${lab.SAMPLE_URL}/weather`);
        assert.equal(price, '50000');
      });
      test(`${name} gets POST /echo for $0.01`, async () => {
        const { price } = await buy(client, `${lab.SAMPLE_URL}/echo`, `${SERVED}: a body of ${name}`);
        assert.equal(price, '10000');
      });
    }
  });

  test('charges an official buyer of scheme upto for what it used', async () => {
    await permit2.prepare(ACCOUNTS.fetchV2);
    const run = promisify(execFile);
    const env = { ...process.env, CHARGED: '12000' };
    await run(process.execPath, [path.join(DIR, 'client-fetch-v2.mjs'), `${lab.SAMPLE_URL}/essay?words=24`], { env });
  });

  test('is listed by the reference facilitator, each of its goods after one purchase', async () => {
    const client = new x402Client().register('eip155:*', new ExactEvmScheme(ACCOUNTS.fetchV2));
    const buy = wrapFetchWithPayment(fetch, client);
    for (const [target, body] of GOODS) {
      const post = { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body };
      const { status } = await buy(lab.SAMPLE_URL + target, body && post);
      assert.equal(status, 200, target);
    }
    const { resources } = await (await fetch(`${lab.FACILITATOR_URL}/discovery/search?query=x402`)).json();
    const listed = new Set(resources.map(({ resource }) => new URL(resource).pathname));
    const sold = GOODS.map(([target]) => new URL(target, lab.SAMPLE_URL).pathname.replace('field-notes.txt', ':name'));
    assert.deepEqual(sold.filter((good) => !listed.has(good)), []);
  });

  describe('sells', () => {
    for (const version of [1, 2]) {
      test(`GET /weather by version ${version}`, async () => {
        const result = await lab.observe(await lab.prepare(WEATHER, { version }));
        assertDelivered(result);
        assert.ok(result.answer.served, 'the content');
        const header = version === 1 ? 'x-payment-response' : 'payment-response';
        assert.ok(result.answer.headers.has(header), header);
      });
    }
    test('HEAD /weather like GET, without the body', async () => {
      const result = await lab.observe(await lab.prepare({ ...WEATHER, method: 'HEAD' }));
      assertDelivered(result);
      assert.equal(result.answer.body, '');
    });
    test('GET /lab/view, a redirect', async () => {
      const result = await lab.observe(await lab.prepare({ path: '/lab/view' }));
      assertDelivered(result, 302);
      assert.ok(result.answer.headers.has('location'), 'where to go');
    });
    test('GET /nocontent, an answer without content', async () => {
      assertDelivered(await lab.observe(await lab.prepare({ path: '/nocontent' })), 204);
    });
    test('GET /big, one MiB in chunks', async () => {
      const result = await lab.observe(await lab.prepare(BIG));
      assertDelivered(result);
      assert.ok(result.answer.served, 'the content');
      assert.ok(result.answer.body.length >= 1024 * 1024, 'all of the content');
    });
    test('nothing to who does not pay, and runs no handler for them', async () => {
      const before = await lab.countHandlerRuns();
      for (const method of ['GET', 'HEAD']) assert.equal((await lab.send({ ...WEATHER, method })).status, 402);
      assert.equal(await lab.countHandlerRuns(), before);
    });
    test('nothing through a free handler that forwards to a paid one', async () => {
      const { status, served } = await lab.send({ path: '/lab/forward' });
      assert.equal(status, 402);
      assert.ok(!served, 'content without payment');
    });
  });

  describe('is paid through the official facilitator by', () => {
    for (const [kind, prepareWallet] of Object.entries(WALLETS)) {
      test(kind, async () => {
        const wallet = await prepareWallet(ACCOUNTS.poor);
        const forged = await lab.prepare(WEATHER, { ...wallet, signer: ACCOUNTS.attacker });
        assertRefused(await lab.observe(forged));
        assertDelivered(await lab.observe(await lab.prepare(WEATHER, wallet)));
      });
    }
  });

  describe('charges nothing when the handler fails', () => {
    for (const [route, status] of [
      ['/fail', 500],
      ['/throw', 500],
      ['/denied', 403],
      ['/lab/error', 503],
    ]) {
      test(`GET ${route} answers ${status}`, async () => {
        const { answer, charged, handlerRuns, settleCalls } = await lab.observe(await lab.prepare({ path: route }));
        assert.equal(answer.status, status);
        assert.ok(!charged, 'charged for an error');
        assert.equal(handlerRuns, 1, 'runs of the handler');
        assert.equal(settleCalls, 0, 'settle calls');
        assert.notEqual(answer.receipt?.success, true, 'a receipt');
      });
    }
  });

  describe('refuses', () => {
    for (const [what, options] of [
      ['the signature of somebody else', { signer: ACCOUNTS.stranger }],
      ['less than the price', { changes: { value: '1' } }],
      ['money for somebody else', { changes: { to: ACCOUNTS.stranger.address } }],
      ['an expired authorization', { changes: { validBefore: '1' } }],
      ['a buyer without money', { account: ACCOUNTS.poor }],
    ]) {
      test(what, async () => assertRefused(await lab.observe(await lab.prepare(WEATHER, options))));
    }
  });

  describe('takes one payment once', () => {
    test('32 simultaneous copies are one sale', async () => {
      const purchase = await lab.prepare(WEATHER);
      // long enough for all copies to arrive meanwhile
      await lab.setFaults({ settle: 'slow' });
      const { answers, handlerRuns, settleCalls } = await lab.observe(purchase, { copies: 32 });
      const sold = answers.filter(({ status }) => status === 200);
      const others = answers.filter(({ status }) => status !== 200);
      assert.ok(sold.length >= 1, 'nobody got the content');
      assert.equal(new Set(sold.map(({ receipt }) => receipt?.transaction)).size, 1, 'different receipts');
      assert.deepEqual(
        [...new Set(others.map(({ status }) => status))].filter((status) => status !== 409),
        [],
      );
      assert.ok(
        others.every(({ served }) => !served),
        'content in a refusal',
      );
      assert.equal(handlerRuns, 1, 'runs of the handler');
      assert.equal(settleCalls, 1, 'settle calls');
    });
    test('a repetition runs and settles nothing', async () => {
      const purchase = await lab.prepare(WEATHER);
      assertDelivered(await lab.observe(purchase));
      const { answer, handlerRuns, settleCalls } = await lab.observe(purchase);
      assert.ok([200, 409].includes(answer.status), `the repetition got ${answer.status}`);
      assert.equal(handlerRuns, 0, 'runs of the handler');
      assert.equal(settleCalls, 0, 'settle calls');
    });
    test('it does not buy another resource of the same price', async () => {
      const purchase = await lab.prepare(WEATHER);
      assertDelivered(await lab.observe(purchase));
      const result = await lab.observe({ ...purchase, path: '/weather2' });
      assert.ok([402, 409].includes(result.answer.status), `the other resource answered ${result.answer.status}`);
      assertUntouched(result);
    });
  });

  describe('holds the answer of every style of handler until the money moved', () => {
    for (const style of HANDLER_STYLES) {
      test(style, async () => {
        const request = { path: `/lab/${style}` };
        const sold = await lab.observe(await lab.prepare(request));
        assertDelivered(sold);
        assert.ok(sold.answer.served, 'the content');
        for (const [settle, check] of [
          ['reject', assertDeclined],
          ['http500', assertUndecided],
        ]) {
          const purchase = await lab.prepare(request);
          await lab.setFaults({ settle });
          check(await lab.observe(purchase));
          await lab.clearFaults();
          if (check === assertUndecided) await assertCollected(purchase, { reruns: 1 });
        }
      });
    }
  });

  const SETTLE_FAULTS = {
    delivered: ['ok', 'slow', 'slowlost', 'extra', 'idempotent'],
    declined: ['reject', 'http400'],
    unknown: [
      ...[
        'hang',
        'reset',
        'http429',
        'http500',
        'http503html',
        'html',
        'garbage',
        'empty',
        'null',
        'array',
        'nofields',
      ],
      ...['wrongtype', 'redirect', 'emptytx', 'wrongnetwork', 'lowamount', 'former'],
    ],
    'unknown although the money moved': ['lost'],
    'delivered or unknown': ['pendingonce'],
  };

  describe('delivers only what the facilitator settled', () => {
    test('every fault is tried', () => {
      assert.deepEqual(Object.values(SETTLE_FAULTS).flat().sort(), Object.keys(FAULTS).sort());
    });
    for (const settle of SETTLE_FAULTS.delivered) {
      test(`settle ${settle}: delivered`, async () => {
        const purchase = await lab.prepare(WEATHER);
        await lab.setFaults({ settle });
        const result = await lab.observe(purchase);
        assertDelivered(result);
        assert.ok(result.answer.served, 'the content');
      });
    }
    for (const settle of SETTLE_FAULTS.declined) {
      for (const request of [WEATHER, BIG]) {
        test(`settle ${settle}: GET ${request.path} is declined`, async () => {
          const purchase = await lab.prepare(request);
          await lab.setFaults({ settle });
          assertDeclined(await lab.observe(purchase));
        });
      }
    }
    for (const settle of SETTLE_FAULTS.unknown) {
      test(`settle ${settle}: unknown`, async () => {
        const purchase = await lab.prepare(WEATHER);
        await lab.setFaults({ settle });
        const result = await lab.observe(purchase);
        assertUndecided(result);
        assert.ok(!result.charged);
        assert.equal(result.handlerRuns, 1, 'runs of the handler');
        assert.equal(result.settleCalls, 1, 'settle calls');
        await lab.clearFaults();
        await assertCollected(purchase);
      });
    }
    test('settle http500: GET /big is unknown, and runs once more when it is collected', async () => {
      const purchase = await lab.prepare(BIG);
      await lab.setFaults({ settle: 'http500' });
      assertUndecided(await lab.observe(purchase));
      await lab.clearFaults();
      await assertCollected(purchase, { reruns: 1 });
    });
    for (const [title, mode] of [
      ['settle lost', { settle: 'lost' }],
      ['settle done, but answered too late', { settle: 'slowlost', delayMs: 6000 }],
    ]) {
      test(`${title}: unknown although the money moved`, async () => {
        const purchase = await lab.prepare(WEATHER);
        await lab.setFaults(mode);
        const result = await lab.observe(purchase);
        assertUndecided(result);
        assert.ok(result.charged, 'the fault should have moved money');
        assert.equal(result.settleCalls, 1, 'settle calls');
        await lab.clearFaults();
        await assertNeverFailed(purchase);
      });
    }
    test('settle pendingonce: delivered after a repeated settle, or unknown', async () => {
      const purchase = await lab.prepare(WEATHER);
      await lab.setFaults({ settle: 'pendingonce' });
      const result = await lab.observe(purchase);
      assert.ok(result.charged, 'the fault should have moved money');
      if (result.answer.status !== 200) assertUndecided(result);
      await assertCollected(purchase, { charged: true });
    });
    test('the facilitator goes down between verify and settle: not delivered, not charged', async () => {
      const purchase = await lab.prepare(WEATHER);
      await lab.setFaults({ downAfterVerify: true });
      const result = await lab.observe(purchase);
      assertUndecided(result);
      assert.ok(!result.charged);
      await lab.clearFaults();
      await assertCollected(purchase);
    });
    for (const [settle, check] of [
      ['reject', assertDeclined],
      ['http500', assertUndecided],
    ]) {
      test(`settle ${settle}: the same for version 1`, async () => {
        const purchase = await lab.prepare(WEATHER, { version: 1 });
        await lab.setFaults({ settle });
        check(await lab.observe(purchase));
        await lab.clearFaults();
        if (check === assertUndecided) await assertCollected(purchase);
      });
    }
  });

  const VERIFY_FAULTS = {
    delivered: ['ok', 'slow', 'slowlost', 'extra', 'idempotent', 'pendingonce'],
    refused: ['reject', 'http400'],
    unavailable: [
      ...['hang', 'reset', 'lost', 'http429', 'http500', 'http503html', 'html', 'garbage', 'empty', 'null', 'array'],
      ...['nofields', 'wrongtype', 'redirect', 'emptytx', 'wrongnetwork', 'lowamount', 'former'],
    ],
  };

  describe('runs the handler only after verification', () => {
    test('every fault is tried', () => {
      assert.deepEqual(Object.values(VERIFY_FAULTS).flat().sort(), Object.keys(FAULTS).sort());
    });
    for (const verify of VERIFY_FAULTS.delivered) {
      test(`verify ${verify}: delivered`, async () => {
        const purchase = await lab.prepare(WEATHER);
        await lab.setFaults({ verify });
        const result = await lab.observe(purchase);
        assertDelivered(result);
        assert.ok(result.answer.served, 'the content');
      });
    }
    for (const verify of VERIFY_FAULTS.refused) {
      test(`verify ${verify}: refused`, async () => {
        const purchase = await lab.prepare(WEATHER);
        await lab.setFaults({ verify });
        assertRefused(await lab.observe(purchase));
      });
    }
    for (const [title, mode] of [
      ...VERIFY_FAULTS.unavailable.map((verify) => [`verify ${verify}`, { verify }]),
      ['the facilitator is down', { down: true }],
    ]) {
      test(`${title}: unavailable, and the same payment is good later`, async () => {
        const purchase = await lab.prepare(WEATHER);
        await lab.setFaults(mode);
        const result = await lab.observe(purchase);
        assertUndecided(result);
        assertUntouched(result);
        await lab.clearFaults();
        assertDelivered(await lab.observe(purchase));
      });
    }
  });

  test('keeps signatures, nonces and payment headers out of its log', () => {
    const log = lab.sampleLog();
    for (const { authorization, signature, headers } of lab.signedPayments) {
      for (const secret of [signature, authorization.nonce, ...Object.values(headers)]) {
        // without the prefix, and case-insensitively, because it may be logged in another form of hexadecimal
        assert.ok(
          !log.toLowerCase().includes(secret.replace(/^0x/, '').toLowerCase()),
          'a payment can be read in the log',
        );
      }
    }
  });
});
