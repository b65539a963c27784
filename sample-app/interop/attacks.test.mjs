// What the packaged sample makes of payments that somebody else submits, voids or imitates on the chain, when it settles by
// itself and when an official facilitator does. Started by run-attacks.mjs.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { signPermit2 } from './audit/lib/payments.mjs';
import * as attack from './lib/attacks.mjs';
import {
  ACCOUNTS,
  BY_PERMIT2,
  DIR,
  FACILITATOR_ADMIN_PORT,
  FACILITATOR_PORT,
  HOST,
  NETWORK_V1,
  RPC_URL,
} from './lib/config.mjs';
import { authorizationUsed, balanceOf } from './lib/evm.mjs';
import { javaCommand, LIGHT } from './lib/java.mjs';
import { findJar, STACK_ARGUMENTS } from './lib/lab.mjs';
import * as permit2 from './lib/permit2.mjs';
import { freePorts } from './lib/ports.mjs';
import { logOf, start, stopAll } from './lib/processes.mjs';
import { priceOf, readChallenge, readReceipt, SERVED, signPayment } from './lib/x402.mjs';

const BUYER = ACCOUNTS.buyer;
const PATIENCE_MS = 20_000;

const onChain = (key, node) => ({
  X402_FACILITATOR_TYPE: 'onchain',
  X402_FACILITATOR_ONCHAIN_RPC_URL: node,
  X402_FACILITATOR_ONCHAIN_KEYS_PRIVATEKEYS: key.privateKey,
  X402_FACILITATOR_ONCHAIN_RPC_POLLINTERVAL: '50ms',
});
const REMOTE = {
  X402_FACILITATOR_URL: `http://${HOST}:${FACILITATOR_PORT}`,
  X402_FACILITATOR_VERIFY_TIMEOUT: '5s',
  X402_FACILITATOR_SETTLE_TIMEOUT: '5s',
};

const announcesItself = (log) => log.includes('"ready":true');

/** A seller and what it is asked, paid and said. */
class Seller {
  constructor(name, port, payTo) {
    this.name = name;
    this.payTo = payTo;
    this.url = `http://${HOST}:${port}`;
    this.port = port;
  }

  async start(env) {
    await start({
      name: this.name,
      command: javaCommand(),
      args: [...LIGHT, '-Xmx320m', '-jar', findJar(), ...STACK_ARGUMENTS],
      env: {
        SERVER_PORT: String(this.port),
        SPRING_PROFILES_ACTIVE: 'lab',
        X402_NETWORK: NETWORK_V1,
        X402_PAY_TO: this.payTo,
        MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE: 'health,x402ledger',
        ...env,
      },
      ready: () =>
        fetch(`${this.url}/free`).then(
          (response) => response.ok,
          () => false,
        ),
      timeoutMs: 180_000,
    });
  }

  async challenge(target) {
    const response = await fetch(`${this.url}${target}`);
    assert.equal(response.status, 402);
    return readChallenge(response.headers, await response.text());
  }

  /** A payment by EIP-3009, signed and not sent. */
  async sign(target, changes = {}) {
    const challenge = await this.challenge(target);
    const [offer] = challenge.v2.accepts;
    const payment = await signPayment({ challenge, account: BUYER, changes });
    return { ...payment, target, price: priceOf(offer) };
  }

  async signByPermit2(target) {
    const { v2 } = await this.challenge(target);
    const [offer] = v2.accepts;
    const { payload, headers } = await signPermit2({ resource: v2.resource, offer, account: BUYER });
    return { ...payload, headers, target, price: priceOf(offer) };
  }

  async pay({ target, headers }) {
    const response = await fetch(`${this.url}${target}`, { headers, signal: AbortSignal.timeout(30_000) });
    const text = await response.text();
    const code = readCode(text);
    return { status: response.status, code, served: text.includes(SERVED), receipt: readReceipt(response.headers) };
  }

  /** Repeats a payment as long as its buyer is told to wait. */
  async collect(payment) {
    const deadline = Date.now() + PATIENCE_MS;
    let response = await this.pay(payment);
    while (response.status === 503 && Date.now() < deadline) {
      await sleep(500);
      response = await this.pay(payment);
    }
    return response;
  }

  async runs() {
    const { handlerRuns } = await (await fetch(`${this.url}/__lab/stats`)).json();
    return Object.values(handlerRuns).reduce((sum, runs) => sum + runs, 0);
  }

  /** Pays for a slow handler, and lets something happen while it runs. */
  async payMeanwhile(payments, action) {
    const expected = (await this.runs()) + payments.length;
    const responses = payments.map((payment) => this.pay(payment));
    while ((await this.runs()) < expected) await sleep(20);
    await action();
    return Promise.all(responses);
  }

  /** What it earns while something is done. */
  async earns(action) {
    const before = await balanceOf(this.payTo);
    const result = await action();
    return { result, amount: (await balanceOf(this.payTo)) - before };
  }

  async settledEntries() {
    const { entries } = await (await fetch(`${this.url}/actuator/x402ledger?event=SETTLED&limit=500`)).json();
    return entries;
  }
}

function readCode(text) {
  try {
    return JSON.parse(text).code;
  } catch {
    return undefined;
  }
}

async function setFaults(mode) {
  const response = await fetch(`http://${HOST}:${FACILITATOR_ADMIN_PORT}/mode`, {
    method: 'POST',
    body: JSON.stringify(mode),
  });
  assert.ok(response.ok);
}

const SLOW = '/slow?ms=1500';
const saysNothingWasCharged = ({ code, receipt }) =>
  code === 'settlement_declined' || (receipt?.success === false && receipt.errorReason !== 'settlement_pending');

const [ownPort, permit2Port, checkedPort, believingPort] = await freePorts(4);
// each is paid at an address of its own, so that all can be attacked at the same time
const payTo = (number) => `0x${'5e'.repeat(19)}0${number}`;
const own = new Seller('attacked-own', ownPort, payTo(1));
const byPermit2 = new Seller('attacked-permit2', permit2Port, payTo(2));
const checked = new Seller('attacked-checked', checkedPort, payTo(3));
const believing = new Seller('attacked-believing', believingPort, payTo(4));
let node;

/** Signs a payment, and with its nonce a transfer of nothing to the buyer himself. */
async function poisoned(seller) {
  const payment = await seller.sign(SLOW);
  const { nonce } = payment.authorization;
  const voided = await seller.sign(SLOW, { nonce, to: BUYER.address, value: '0' });
  return { payment, voided };
}

async function assertBuysNothing(seller, makeTrouble) {
  const { payment, voided } = await poisoned(seller);
  const [first] = await seller.payMeanwhile([payment], () => makeTrouble(payment, voided));
  assert.ok(await authorizationUsed(BUYER.address, payment.authorization.nonce));
  const last = await seller.collect(payment);
  for (const { served, receipt } of [first, last]) {
    assert.ok(!served, 'content without money');
    assert.ok(!receipt?.success, 'a receipt without money');
  }
}

const assertNotCalledUncharged = (response) =>
  assert.ok(!saysNothingWasCharged(response), `it is told ${response.status} ${response.code}`);

/** Attacks on a seller that sees the chain. */
function attacksOn(seller) {
  test('a payment that somebody else submits while its handler runs is delivered, and charged once', async () => {
    const payment = await seller.sign(SLOW);
    const { result, amount } = await seller.earns(async () => {
      const [response] = await seller.payMeanwhile([payment], () => attack.sendCall(attack.authorized(payment)));
      assertNotCalledUncharged(response);
      return response.served ? response : seller.collect(payment);
    });
    assert.ok(result.served, `it is told ${result.status} ${result.code}`);
    assert.equal(amount, payment.price);
  });

  test('a payment that somebody else submits before its buyer asks is never called uncharged', async () => {
    const payment = await seller.sign('/weather');
    const { result, amount } = await seller.earns(async () => {
      await attack.sendCall(attack.authorized(payment));
      return seller.pay(payment);
    });
    assert.equal(amount, payment.price);
    assertNotCalledUncharged(result);
  });

  test('two payments that somebody else submits in one transaction are both delivered', async () => {
    const payments = [await seller.sign(SLOW), await seller.sign(SLOW)];
    const { result, amount } = await seller.earns(async () => {
      await seller.payMeanwhile(payments, () => attack.sendBatch(...payments.map(attack.authorized)));
      return Promise.all(payments.map((payment) => seller.collect(payment)));
    });
    assert.equal(amount, payments[0].price + payments[1].price);
    for (const { served, status, code } of result) assert.ok(served, `one is told ${status} ${code}`);
  });

  test('a nonce that moved nothing buys nothing, though its transaction pays the price for another payment', async () => {
    const other = await seller.sign('/weather');
    const { amount } = await seller.earns(() =>
      assertBuysNothing(seller, (_, voided) => attack.sendBatch(attack.authorized(voided), attack.authorized(other))),
    );
    assert.equal(amount, other.price);
  });

  test('a nonce that moved nothing buys nothing, though plain transfers stand beside it', () =>
    assertBuysNothing(seller, ({ authorization: { to, value } }, voided) => {
      const transfer = attack.pulled(BUYER.address, to, BigInt(value));
      return attack.sendBatch(transfer, attack.authorized(voided), transfer);
    }));

  test('a nonce that moved nothing buys nothing, though another contract emits the events of a payment', async () => {
    const { amount } = await seller.earns(() =>
      assertBuysNothing(seller, ({ authorization }, voided) => {
        const pretended = attack.pretended(authorization);
        return attack.sendBatch(pretended, attack.authorized(voided), pretended);
      }),
    );
    assert.equal(amount, 0n);
  });
}

describe('chain facts', () => {
  before(async () => {
    const node_ = (name, file) => ({ name, command: process.execPath, args: [path.join(DIR, file)] });
    await start({ ...node_('chain', 'chain.mjs'), ready: announcesItself, timeoutMs: 60_000 });
    await start({ ...node_('facilitator', 'facilitator.mjs'), ready: announcesItself });
    await attack.placeContracts();
    await attack.approveBatches(BUYER, 10n ** 9n);
    await permit2.prepare(BUYER);
    node = await attack.countingNode();
    await Promise.all([
      own.start(onChain(ACCOUNTS.settler, node.url)),
      byPermit2.start({ ...onChain(ACCOUNTS.permit2Settler, RPC_URL), ...BY_PERMIT2 }),
      checked.start({ ...REMOTE, X402_RECEIPT_CHECK_RPC_URL: RPC_URL, X402_RECEIPT_CHECK_TIMEOUT: '3s' }),
      believing.start(REMOTE),
    ]);
  });
  after(async () => {
    node?.stop();
    await stopAll();
  });

  describe('under attack at the same time', { concurrency: true }, () => {
    describe('a seller that settles by itself', { concurrency: 1 }, () => {
      attacksOn(own);

      test('gives up a nonce that moved nothing soon, and repetitions ask no node', async () => {
        const { payment, voided } = await poisoned(own);
        await own.payMeanwhile([payment], async () => {
          await attack.sendCall(attack.authorized(voided));
          node.calls = 0;
        });
        const last = await own.collect(payment);
        assert.ok(!last.served);
        assert.ok(node.calls <= 30, `${node.calls} calls of the node`);
        node.calls = 0;
        await Promise.all(Array.from({ length: 5 }, () => own.pay(payment)));
        assert.equal(node.calls, 0);
      });
    });

    describe('a seller that checks its facilitator', { concurrency: 1 }, () => attacksOn(checked));

    describe('a seller that has to believe its facilitator', { concurrency: 1 }, () => {
      test('never calls a payment uncharged that somebody else submitted while its handler ran', async () => {
        const payment = await believing.sign(SLOW);
        const [response] = await believing.payMeanwhile([payment], () => attack.sendCall(attack.authorized(payment)));
        assertNotCalledUncharged(response);
        assert.ok(!response.served || response.receipt.success);
      });
    });

    describe('a seller that settles by Permit2', { concurrency: 1 }, () => {
      test('delivers one payment for a call that is followed by the signatures of others', async () => {
        const payments = await Promise.all(Array.from({ length: 3 }, () => byPermit2.signByPermit2(SLOW)));
        const { result, amount } = await byPermit2.earns(async () => {
          await byPermit2.payMeanwhile(payments, async () => {
            const { target, callData } = attack.permitted(payments[0]);
            const others = payments.slice(1);
            const appended = others.map(({ signature }) => signature.slice(2)).join('');
            await attack.sendCall({ target, callData: `${callData}${appended}` });
            for (const { permit2Authorization } of others) await attack.invalidate(BUYER, permit2Authorization.nonce);
          });
          return Promise.all(payments.map((payment) => byPermit2.collect(payment)));
        });
        assert.equal(amount, payments[0].price);
        assert.deepEqual(
          result.map(({ served }) => served),
          [true, false, false],
        );
      });
    });
  });

  for (const seller of [checked, believing]) {
    test(`a transaction that is reported for two payments buys one thing at ${seller.name}`, async () => {
      const [first, second] = [await seller.sign('/weather'), await seller.sign('/weather')];
      const { result, amount } = await seller.earns(async () => {
        assert.ok((await seller.pay(first)).served);
        await setFaults({ settle: 'former' });
        const lied = await seller.pay(second);
        await setFaults({ settle: 'ok' });
        return lied;
      });
      assert.equal(amount, first.price);
      assert.ok(!result.served, 'content without money');
      assert.equal(result.code, 'settlement_pending');
      // the facilitator is honest now, and settles when it is asked again
      assert.ok((await seller.collect(second)).served);
      assert.equal(await authorizationUsed(BUYER.address, second.authorization.nonce), true);
    });
  }

  for (const seller of [own, byPermit2, checked, believing]) {
    test(`the ledger of ${seller.name} has each settlement once`, async () => {
      const sales = (await seller.settledEntries()).map(({ sale }) => sale);
      assert.ok(sales.length > 0);
      assert.equal(new Set(sales).size, sales.length);
    });
  }

  test('no key is logged', () => {
    for (const { name } of [own, byPermit2])
      for (const { privateKey } of [ACCOUNTS.settler, ACCOUNTS.permit2Settler])
        assert.ok(!logOf(name).includes(privateKey.slice(2)));
  });
});
