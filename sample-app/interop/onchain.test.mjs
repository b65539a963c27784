// What the packaged sample does with official buyers when it settles by itself. Started by run-onchain.mjs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ACCOUNTS, DIR, NETWORK_V1, RPC_URL } from './lib/config.mjs';
import { balanceOf, publicClient } from './lib/evm.mjs';
import { findJar, prepare, SAMPLE_URL, send, sampleLog } from './lib/lab.mjs';
import { start, stopAll } from './lib/processes.mjs';
import { SERVED } from './lib/x402.mjs';

const KEY = ACCOUNTS.facilitator;

async function startSample() {
  const { JAVA_HOME } = process.env;
  await start({
    name: 'sample',
    command: JAVA_HOME ? path.join(JAVA_HOME, 'bin', 'java') : 'java',
    args: ['-jar', findJar()],
    env: {
      SERVER_PORT: process.env.LAB_SAMPLE_PORT,
      SPRING_PROFILES_ACTIVE: 'lab',
      // the log is searched for secrets at the end, so let it say all it can
      LOGGING_LEVEL_IO_X402: 'TRACE',
      X402_FACILITATOR_TYPE: 'onchain',
      X402_FACILITATOR_ONCHAIN_RPCURL: RPC_URL,
      X402_FACILITATOR_ONCHAIN_PRIVATEKEYS: KEY.privateKey,
      X402_FACILITATOR_ONCHAIN_POLLINTERVAL: '50ms',
      X402_NETWORK: NETWORK_V1,
      X402_PAY_TO: ACCOUNTS.payTo.address,
    },
    ready: () =>
      fetch(`${SAMPLE_URL}/free`).then(
        (response) => response.ok,
        () => false,
      ),
    timeoutMs: 180_000,
  });
}

const transactions = () => publicClient.getTransactionCount({ address: KEY.address });

describe('the packaged sample without a facilitator', () => {
  before(async () => {
    await start({
      name: 'chain',
      command: process.execPath,
      args: [path.join(DIR, 'chain.mjs')],
      ready: (log) => log.includes('"ready":true'),
      timeoutMs: 60_000,
    });
    await startSample();
  });
  after(stopAll);

  describe('is paid by the official buyers', () => {
    const run = promisify(execFile);
    const buy = async (client, ...args) => {
      const { stdout } = await run(process.execPath, [path.join(DIR, client), ...args], { timeout: 120_000 });
      return JSON.parse(stdout);
    };
    for (const [name, client] of [
      ['@x402/fetch (v2)', 'client-fetch-v2.mjs'],
      ['@x402/axios (v2)', 'client-axios-v2.mjs'],
      ['x402-fetch (v1)', 'client-fetch-v1.mjs'],
      ['x402-axios (v1)', 'client-axios-v1.mjs'],
    ]) {
      test(`${name} gets GET /weather for $0.05 in one transaction`, async () => {
        const sent = await transactions();
        const { price } = await buy(client, `${SAMPLE_URL}/weather`);
        assert.equal(price, '50000');
        assert.equal((await transactions()) - sent, 1);
      });
      test(`${name} gets POST /echo for $0.01`, async () => {
        const { price } = await buy(client, `${SAMPLE_URL}/echo`, `${SERVED}: a body of ${name}`);
        assert.equal(price, '10000');
      });
    }
  });

  test('takes a repeated payment once and sends no second transaction', async () => {
    const purchase = await prepare({ path: '/weather' });
    const [seller, sent] = [await balanceOf(ACCOUNTS.payTo.address), await transactions()];
    const answers = await Promise.all([send(purchase), send(purchase), send(purchase)]);
    answers.push(await send(purchase));
    assert.ok(answers.some(({ served }) => served));
    assert.equal((await balanceOf(ACCOUNTS.payTo.address)) - seller, purchase.price);
    assert.equal((await transactions()) - sent, 1);
  });

  for (const [what, options] of [
    ['a buyer without money', { account: ACCOUNTS.poor }],
    ['a signature of somebody else', { signer: ACCOUNTS.stranger }],
    ['too little', { changes: { value: '1' } }],
    ['another receiver', { changes: { to: ACCOUNTS.stranger.address } }],
    ['an expired payment', { changes: { validBefore: '1000' } }],
  ]) {
    test(`refuses ${what} and sends nothing`, async () => {
      const purchase = await prepare({ path: '/weather' }, options);
      const sent = await transactions();
      const answer = await send(purchase);
      assert.equal(answer.status, 402);
      assert.ok(!answer.served);
      assert.equal((await transactions()) - sent, 0);
    });
  }

  test('logs neither its key nor a payment', () => {
    assert.ok(!sampleLog().includes(KEY.privateKey.slice(2)));
    assert.doesNotMatch(sampleLog(), /"signature"|"nonce"/);
  });
});
