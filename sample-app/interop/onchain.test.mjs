// What the packaged sample does with official buyers when it settles by itself. Started by run-onchain.mjs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { HTTPFacilitatorClient } from '@x402/core/server';
import { preparedApplication } from './lib/application.mjs';
import { ACCOUNTS, BY_PERMIT2, DIR, HOST, NETWORK_V1, RPC_URL, WALLET_FACTORY } from './lib/config.mjs';
import { balanceOf, publicClient, testClient, transfer } from './lib/evm.mjs';
import { javaCommand } from './lib/java.mjs';
import { prepare, SAMPLE_URL, send, STACK_ARGUMENTS } from './lib/lab.mjs';
import * as permit2 from './lib/permit2.mjs';
import { logOf, start, stopAll } from './lib/processes.mjs';
import { WALLETS } from './lib/wallets.mjs';
import { SERVED } from './lib/x402.mjs';
import { startSellers, stopSellers } from './sellers.mjs';

const KEY = ACCOUNTS.facilitator;
const TOKEN = 'token-of-the-sellers';
const TRANSFERS_SECRET = 'a-secret-of-quotes-of-this-test-alone';
const AUTHORIZATION = { Authorization: `Bearer ${TOKEN}` };
const FACILITATOR_URL = `${SAMPLE_URL}/facilitator`;
const REMOTE = { X402_FACILITATOR_URL: FACILITATOR_URL, X402_FACILITATOR_AUTH_BEARERTOKEN: TOKEN };

const onChain = (key) => ({
  X402_FACILITATOR_TYPE: 'onchain',
  X402_FACILITATOR_ONCHAIN_RPC_URL: RPC_URL,
  X402_FACILITATOR_ONCHAIN_KEYS_PRIVATEKEYS: key.privateKey,
  X402_FACILITATOR_ONCHAIN_RPC_POLLINTERVAL: '50ms',
  X402_FACILITATOR_ONCHAIN_WALLETFACTORIES: WALLET_FACTORY,
});

const urlOf = (port) => `http://${HOST}:${port}`;

const answers = (url) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

const APPLICATION = await preparedApplication();

async function startSample(name, port, env) {
  await start({
    name,
    command: javaCommand(),
    args: [...APPLICATION, ...STACK_ARGUMENTS],
    env: {
      SERVER_PORT: port,
      SPRING_PROFILES_ACTIVE: 'lab',
      // the log is searched for secrets at the end, so let it say all it can
      LOGGING_LEVEL_IO_X402: 'TRACE',
      X402_NETWORK: NETWORK_V1,
      X402_PAY_TO: ACCOUNTS.payTo.address,
      ...env,
    },
    ready: () => answers(`${urlOf(port)}/free`),
    timeoutMs: 180_000,
  });
}

const transactions = () => publicClient.getTransactionCount({ address: KEY.address });

const run = promisify(execFile);

/** Lets an official buyer buy, which checks the answer and the balances, and says what it paid. */
async function buy(client, args, env = {}) {
  const { stdout } = await run(process.execPath, [path.join(DIR, client), ...args], {
    timeout: 120_000,
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout);
}

const USED = { CHARGED: '12000' };

/** Each kind of wallet buys once, and somebody else signs for it once. */
function isPaidByAllWallets(origin, owner) {
  for (const [kind, prepareWallet] of Object.entries(WALLETS)) {
    test(`is paid by ${kind}, and by nobody in its name`, async () => {
      const wallet = await prepareWallet(owner);
      const purchase = await prepare({ path: '/weather', origin }, wallet);
      const forged = await prepare({ path: '/weather', origin }, { ...wallet, signer: ACCOUNTS.attacker });
      const balances = () => Promise.all([wallet.account, ACCOUNTS.payTo].map(({ address }) => balanceOf(address)));
      const [payer, seller] = await balances();
      const refused = await send(forged);
      assert.equal(refused.status, 402);
      assert.ok(!refused.served);
      const answer = await send(purchase);
      assert.equal(answer.status, 200);
      assert.ok(answer.served);
      assert.deepEqual(await balances(), [payer - purchase.price, seller + purchase.price]);
    });
  }
}

describe('the packaged sample without a facilitator', () => {
  before(async () => {
    await start({
      name: 'chain',
      command: process.execPath,
      args: [path.join(DIR, 'chain.mjs')],
      ready: (log) => log.includes('"ready":true'),
      timeoutMs: 60_000,
    });
    await startSample('sample', process.env.LAB_SAMPLE_PORT, {
      ...onChain(KEY),
      X402_FACILITATOR_SERVER_ENABLED: 'true',
      X402_FACILITATOR_SERVER_TOKENS: TOKEN,
      // official buyers see a quote beside each price, and pay as ever
      X402_TRANSFERS_ENABLED: 'true',
      X402_TRANSFERS_SECRET: TRANSFERS_SECRET,
    });
    await permit2.prepare(ACCOUNTS.fetchV2);
  });
  after(stopAll);

  describe('is paid by the official buyers', () => {
    for (const [name, client] of [
      ['@x402/fetch (v2)', 'client-fetch-v2.mjs'],
      ['@x402/axios (v2)', 'client-axios-v2.mjs'],
      ['x402-fetch (v1)', 'client-fetch-v1.mjs'],
      ['x402-axios (v1)', 'client-axios-v1.mjs'],
    ]) {
      test(`${name} gets GET /weather for $0.05 in one transaction`, async () => {
        const sent = await transactions();
        const { price } = await buy(client, [`${SAMPLE_URL}/weather`]);
        assert.equal(price, '50000');
        assert.equal((await transactions()) - sent, 1);
      });
      test(`${name} gets POST /echo for $0.01`, async () => {
        const { price } = await buy(client, [`${SAMPLE_URL}/echo`, `${SERVED}: a body of ${name}`]);
        assert.equal(price, '10000');
      });
    }
  });

  test('charges an official buyer of scheme upto for what it used', async () => {
    const { price } = await buy('client-fetch-v2.mjs', [`${SAMPLE_URL}/essay?words=24`], USED);
    assert.equal(price, '50000');
  });

  test('is paid by a buyer that can only send', async () => {
    const url = `${SAMPLE_URL}/weather`;
    const account = ACCOUNTS.buyer;
    const asked = await fetch(url);
    const { accepts, resource } = JSON.parse(Buffer.from(asked.headers.get('PAYMENT-REQUIRED'), 'base64').toString());
    assert.deepEqual(new Set(accepts.map((offer) => offer.scheme)), new Set(['exact', 'transfer']));
    const accepted = accepts.find((offer) => offer.scheme === 'transfer');
    const { amount, asset, payTo, network, extra } = accepted;
    const [seller, sent] = [await balanceOf(payTo), await transactions()];
    const transaction = await transfer(account, asset, payTo, BigInt(amount));
    const text = [
      'I made this transfer to pay for this request.',
      '',
      `Request: GET ${resource.url}`,
      `Quote: ${extra.quote}`,
      `Network: ${network}`,
      `Transaction: ${transaction}`,
      'Event: 0',
    ].join('\n');
    const payload = {
      signature: await account.signMessage({ message: text }),
      transfer: { quote: extra.quote, from: account.address, transaction },
    };
    const payment = Buffer.from(JSON.stringify({ x402Version: 2, accepted, payload })).toString('base64');
    const present = () => fetch(url, { headers: { 'PAYMENT-SIGNATURE': payment } });
    const early = await present();
    assert.equal(early.status, 503);
    assert.equal((await early.json()).code, 'settlement_pending');
    await testClient.mine({ blocks: extra.confirmations });
    let response;
    for (const end = Date.now() + 30_000; Date.now() < end && response?.status !== 200; ) {
      response = await present();
    }
    assert.equal(response.status, 200);
    const receipt = JSON.parse(Buffer.from(response.headers.get('PAYMENT-RESPONSE'), 'base64').toString());
    assert.equal(receipt.transaction, transaction);
    assert.equal((await balanceOf(payTo)) - seller, BigInt(amount));
    assert.equal((await transactions()) - sent, 0);
  });

  test('is paid by Permit2', async () => {
    const port = process.env.LAB_PERMIT2_PORT;
    await startSample('sample-permit2', port, { ...onChain(ACCOUNTS.settler), ...BY_PERMIT2 });
    await buy('client-fetch-v2.mjs', [`${urlOf(port)}/weather`]);
  });

  describe('settles by itself', () => isPaidByAllWallets(SAMPLE_URL, ACCOUNTS.permit2Settler));

  describe('is paid by a buyer who never approved anything to Permit2', () => {
    test('in scheme upto', () =>
      buy('client-fetch-v2.mjs', [`${SAMPLE_URL}/essay?words=24`], { ...USED, BUYER: 'axiosV2' }));
    test('in scheme exact', () =>
      buy('client-fetch-v2.mjs', [`${urlOf(process.env.LAB_PERMIT2_PORT)}/weather`], { BUYER: 'axiosV1' }));
  });

  describe('settles for a second instance', () => {
    const url = urlOf(process.env.LAB_SELLER_PORT);
    before(() =>
      startSample('seller', process.env.LAB_SELLER_PORT, {
        ...REMOTE,
        X402_RECEIPTCHECK_RPC_URL: RPC_URL,
        X402_RECEIPTCHECK_RPC_POLLINTERVAL: '50ms',
      }),
    );
    isPaidByAllWallets(url, ACCOUNTS.poor);
    for (const client of ['client-fetch-v2.mjs', 'client-fetch-v1.mjs']) {
      test(`that ${client} pays`, () => buy(client, [`${url}/weather`]));
    }
    test('that charges for what was used', () => buy('client-fetch-v2.mjs', [`${url}/essay?words=24`], USED));
    test('that is paid by Permit2', async () => {
      const port = process.env.LAB_PERMIT2_SELLER_PORT;
      await startSample('seller-permit2', port, { ...REMOTE, ...BY_PERMIT2 });
      await buy('client-fetch-v2.mjs', [`${urlOf(port)}/weather`]);
      await buy('client-fetch-v2.mjs', [`${urlOf(port)}/weather`], { BUYER: 'buyer' });
    });
  });

  describe('settles for official sellers', () => {
    let sellers;
    before(async () => {
      const createAuthHeaders = async () => ({
        verify: AUTHORIZATION,
        settle: AUTHORIZATION,
        supported: AUTHORIZATION,
      });
      sellers = await startSellers({
        v1: { url: FACILITATOR_URL, createAuthHeaders },
        v2: new HTTPFacilitatorClient({ url: FACILITATOR_URL, createAuthHeaders }),
      });
    });
    after(stopSellers);
    for (const [sold, env] of [
      ['/exact', {}],
      ['/permit2', {}],
      ['/upto', { CHARGED: '10000' }],
    ]) {
      test(`@x402/express sells ${sold}`, () =>
        buy('client-fetch-v2.mjs', [`${sellers.v2}${sold}`], { CONTENT: `sold ${sold}`, ...env }));
    }
    test('x402-express sells', () => buy('client-fetch-v1.mjs', [`${sellers.v1}/exact`], { CONTENT: 'sold /exact' }));
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

  for (const name of ['sample', 'sample-permit2', 'seller', 'seller-permit2']) {
    test(`${name} logs neither keys nor payments`, () => {
      const log = logOf(name);
      for (const account of [KEY, ACCOUNTS.settler]) assert.ok(!log.includes(account.privateKey.slice(2)));
      assert.ok(!log.includes(TOKEN) && !log.includes(TRANSFERS_SECRET));
      assert.doesNotMatch(log, /"signature"|"nonce"/);
    });
  }
});
