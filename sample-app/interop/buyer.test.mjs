// What the buyer of the packaged sample buys from official sellers and from the sample. Started by run-buyer.mjs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { preparedApplication } from './lib/application.mjs';
import { ACCOUNTS } from './lib/config.mjs';
import { balanceOf, publicClient } from './lib/evm.mjs';
import { javaCommand } from './lib/java.mjs';
import * as lab from './lib/lab.mjs';
import * as permit2 from './lib/permit2.mjs';
import { startSellers, stopSellers } from './sellers.mjs';

const COMMAND_TIMEOUT_MS = 180_000;

let sellers;

const APPLICATION = await preparedApplication();

/** Runs the buy command of the sample; what it cannot do ends with an exit code, not with an exception. */
function buy(url, ...options) {
  const limits = options.some((option) => option.includes('max-amount'))
    ? []
    : ['--x402.client.limits.max-amount-per-request=0.10'];
  const env = { ...process.env, X402_CLIENT_PRIVATE_KEY: ACCOUNTS.buyer.privateKey };
  return new Promise((resolve, reject) => {
    execFile(
      javaCommand(),
      [...APPLICATION, 'buy', url, '--json', ...limits, ...options],
      { env, timeout: COMMAND_TIMEOUT_MS },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') return reject(error);
        assert.equal(stdout.trim().split('\n').length, 1, `one line is expected, not: ${stdout}${stderr}`);
        assert.ok(!stdout.includes(ACCOUNTS.buyer.privateKey.slice(2)), 'the key in the output');
        return resolve({ code: error ? error.code : 0, bill: JSON.parse(stdout) });
      },
    );
  });
}

/** Buys and checks that exactly this much moved from the buyer to the seller. */
async function assertBuys({ url, options = [], version, price, charged = price, content }) {
  const [buyer, seller] = [ACCOUNTS.buyer.address, ACCOUNTS.payTo.address];
  const earlier = [await balanceOf(buyer), await balanceOf(seller)];
  const { code, bill } = await buy(url, ...options);
  assert.equal(code, 0, JSON.stringify(bill));
  assert.equal(bill.result, 'paid');
  assert.equal(bill.terms.version, version);
  assert.equal(bill.terms.price, Number(price) / 1e6);
  const answer = bill.answers.at(-1);
  assert.equal(answer.status, 200);
  assert.match(answer.bodyExcerpt, content);
  assert.equal(answer.receipt.success, true);
  const receipt = await publicClient.getTransactionReceipt({ hash: answer.receipt.transaction });
  assert.equal(receipt.status, 'success');
  assert.equal(earlier[0] - (await balanceOf(buyer)), charged, 'what the buyer paid');
  assert.equal((await balanceOf(seller)) - earlier[1], charged, 'what the seller got');
}

describe('the buyer of the packaged sample', () => {
  before(async () => {
    sellers = await startSellers();
  });
  after(async () => {
    stopSellers();
    await lab.stopLab();
  });

  test('buys from the sample with GET', () =>
    assertBuys({ url: `${lab.SAMPLE_URL}/weather`, version: 'V2', price: 50_000n, content: /x402-lab-served/ }));
  test('buys from the sample with POST', () =>
    assertBuys({
      url: `${lab.SAMPLE_URL}/echo`,
      options: ['--data=hello'],
      version: 'V2',
      price: 10_000n,
      content: /^hello/,
    }));
  test('buys from @x402/express with GET', () =>
    assertBuys({ url: `${sellers.v2}/exact`, version: 'V2', price: 50_000n, content: /^sold \/exact$/ }));
  test('buys from @x402/express with POST', () =>
    assertBuys({
      url: `${sellers.v2}/exact`,
      options: ['--method=POST', '--data=hello'],
      version: 'V2',
      price: 10_000n,
      content: /^sold hello$/,
    }));
  test('buys from mppx with GET', () =>
    assertBuys({ url: `${sellers.machine}/exact`, version: 'V2', price: 50_000n, content: /"sold":"\/exact"/ }));
  for (const [method, price, content] of [
    ['GET', 50_000n, /"sold":"\/machine"/],
    ['POST', 10_000n, /"sold":"a post"/],
  ]) {
    test(`buys from mppx with ${method} by the Machine Payments Protocol alone`, async () => {
      const url = `${sellers.machineOnly}/machine`;
      const unpaid = await fetch(url, { method });
      assert.equal(unpaid.status, 402);
      assert.equal(unpaid.headers.get('payment-required'), null);
      assert.match(unpaid.headers.get('www-authenticate'), /^Payment /);
      await assertBuys({
        url,
        options: [`--method=${method}`, '--x402.client.mpp=true'],
        version: 'V2',
        price,
        content,
      });
    });
  }
  test('pays nothing by the Machine Payments Protocol unless it is told to', async () => {
    const earlier = await balanceOf(ACCOUNTS.buyer.address);
    const { code } = await buy(`${sellers.machineOnly}/machine`);
    assert.notEqual(code, 0);
    assert.equal(await balanceOf(ACCOUNTS.buyer.address), earlier);
  });
  test('buys from x402-express with GET', () =>
    assertBuys({ url: `${sellers.v1}/exact`, version: 'V1', price: 50_000n, content: /^sold \/exact$/ }));
  test('buys from x402-express with POST', () =>
    assertBuys({
      url: `${sellers.v1}/exact`,
      options: ['--data=hello'],
      version: 'V1',
      price: 10_000n,
      content: /^sold hello$/,
    }));

  describe('with Permit2', () => {
    before(() => permit2.prepare(ACCOUNTS.buyer));
    test('buys from @x402/express', () =>
      assertBuys({ url: `${sellers.v2}/permit2`, version: 'V2', price: 30_000n, content: /^sold \/permit2$/ }));
    test('buys by use from @x402/express and pays for what it used', () =>
      assertBuys({
        url: `${sellers.v2}/upto`,
        version: 'V2',
        price: 80_000n,
        charged: 10_000n,
        content: /^sold \/upto$/,
      }));
  });

  test('refuses what costs more than it may', async () => {
    const earlier = await balanceOf(ACCOUNTS.buyer.address);
    const { code, bill } = await buy(`${sellers.v2}/exact`, '--x402.client.limits.max-amount-per-request=0.049');
    assert.equal(code, 4);
    assert.equal(bill.result, 'refused');
    assert.match(bill.problem, /amount_above_limit/);
    assert.equal(await balanceOf(ACCOUNTS.buyer.address), earlier);
  });
  test('has nothing to pay for what is free', async () => {
    const { code } = await buy(`${sellers.v2}/free`);
    assert.equal(code, 3);
  });
});
