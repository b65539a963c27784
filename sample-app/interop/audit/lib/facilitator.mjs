// A facilitator that lies, hangs, loses answers, repeats and answers late, in front of the official one.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAULTS } from '../../lib/faults.mjs';
import { Documented } from './documented.mjs';
import { keyOf } from './payments.mjs';
import { Random } from './random.mjs';

const HOST = '127.0.0.1';

/** Reasons that were given for settlements that took place, or may have: none that is documented to be believed. */
const DOUBTFUL_REASONS = [
  'settle_exact_node_failure',
  'transaction_failed',
  'failed_to_execute_transfer',
  'settlement_receipt_unavailable',
  'rpc_unavailable',
  'unexpected_settle_error',
  'invalid_transaction_state',
  'invalid_exact_evm_transaction_failed',
  'invalid_exact_evm_transaction_failed: HTTP request failed.',
  'a reason that no list knows',
];

/** Reasons that are documented to be believed, unless an own node knows better. */
const BELIEVED_REASONS = [
  'insufficient_funds',
  'invalid_exact_evm_insufficient_balance',
  'payment_expired',
  'kyt_risk_detected',
  'invalid_exact_evm_transaction_failed: The contract function "transferWithAuthorization" reverted.',
  'invalid_upto_evm_transaction_failed: The contract function "settle" reverted.',
];

const nothing = (status) => () => ({ status, raw: '' });

/** Faults beside those of lib/faults.mjs. */
const MORE_FAULTS = {
  // settled, and denied
  denied: async ({ genuine, random, network, payer }) => {
    await genuine();
    const errorReason = random.pick(DOUBTFUL_REASONS);
    return {
      status: random.pick([200, 200, 400]),
      body: { success: false, errorReason, transaction: '', network, payer },
    };
  },
  // settled, and denied with words that are believed where no node can tell
  deniedbelievably: async ({ genuine, random, network, payer }) => {
    await genuine();
    const errorReason = random.pick(BELIEVED_REASONS);
    return { status: 200, body: { success: false, errorReason, transaction: '', network, payer } };
  },
  // settled, and refused as if the request had not been read
  refusedblankly: async ({ genuine, random }) => {
    await genuine();
    return { status: random.pick([400, 403, 422]), raw: '' };
  },
  // on its way, with its transaction told
  underway: async ({ genuine, network, payer }) => {
    const result = await genuine();
    if (!result.body?.success) return result;
    const { transaction } = result.body;
    return { status: 200, body: { success: false, errorReason: 'settlement_pending', transaction, network, payer } };
  },
  // not settled, with the words of a node that failed
  doubtful: ({ random, network, payer }) => ({
    status: 200,
    body: { success: false, errorReason: random.pick(DOUBTFUL_REASONS), transaction: '', network, payer },
  }),
  // settled later than anybody waits
  late: async ({ genuine, random }) => {
    await sleep(random.between(3500, 6000));
    return genuine();
  },
  foreign: ({ random, network, payer }) => {
    const digits = Array.from({ length: 64 }, () => random.between(0, 15).toString(16)).join('');
    return { status: 200, body: { success: true, transaction: `0x${digits}`, network, payer } };
  },
  // the receipt of a former payment of the same amount
  repeated: ({ former, network, payer }) =>
    former
      ? { status: 200, body: { success: true, transaction: former, network, payer } }
      : { status: 500, body: { error: 'nothing to repeat' } },
  unpaid: () => ({ status: 402, body: { error: 'payment_method_required' } }),
  http401: nothing(401),
  http404: nothing(404),
  http405: nothing(405),
  http413: nothing(413),
  unexpected: ({ network, payer, op }) =>
    op === 'verify'
      ? { status: 200, body: { isValid: false, invalidReason: 'unexpected_verify_error', payer } }
      : {
          status: 200,
          body: { success: false, errorReason: 'unexpected_settle_error', transaction: '', network, payer },
        },
  kyt: ({ network, payer, op }) =>
    op === 'verify'
      ? { status: 403, body: { isValid: false, invalidReason: 'kyt_risk_detected', payer } }
      : { status: 403, body: { success: false, errorReason: 'kyt_risk_detected', transaction: '', network, payer } },
};

const ALL_FAULTS = { ...FAULTS, ...MORE_FAULTS };

const NONSENSE = {
  garbage: 0.3,
  html: 0.3,
  empty: 0.3,
  null: 0.3,
  array: 0.3,
  nofields: 0.3,
  wrongtype: 0.3,
  http503html: 0.3,
};

const WEIGHTS = {
  verify: {
    ...{ ok: 85, slow: 3, hang: 1, reset: 2, lost: 1, http500: 2, http429: 1, reject: 1, http400: 1, redirect: 0.5 },
    ...{ unexpected: 1, kyt: 1, http401: 0.5, http404: 0.5, unpaid: 0.5, extra: 1 },
    ...NONSENSE,
  },
  settle: {
    ...{ ok: 50, slow: 4, slowlost: 3, late: 3, lost: 7, hang: 2, reset: 2, http500: 2, http429: 1, redirect: 0.5 },
    ...{
      reject: 2,
      http400: 1,
      kyt: 1,
      denied: 8,
      deniedbelievably: 4,
      refusedblankly: 4,
      doubtful: 3,
      underway: 3,
      pendingonce: 2,
      unexpected: 1,
      extra: 1,
    },
    ...{ foreign: 2, repeated: 3, emptytx: 1, wrongnetwork: 1, lowamount: 1 },
    ...{ unpaid: 1, http401: 0.7, http404: 0.7, http405: 0.7, http413: 0.7 },
    ...NONSENSE,
  },
  supported: { ok: 90, http500: 5, reset: 5 },
};

/** Lies that nothing but an own node can tell from the truth, however often they are told. */
const FALSE_RECEIPTS = ['foreign', 'repeated'];

export class LyingFacilitator {
  #seed;
  #history;
  #server = http.createServer((request, response) => this.#handle(request, response));
  #calls = new Map();
  #formerTransactions = new Map();
  #settled = new Map();
  #notExecuted = new Map();
  #honest = false;
  #documented = Documented.read();
  #weights;
  faults = {};

  /** @param falseReceipts whether receipts are made up, which no seller without a node can know */
  constructor({ seed, history, official, falseReceipts = true }) {
    this.#seed = seed;
    this.#history = history;
    this.#weights = structuredClone(WEIGHTS);
    if (!falseReceipts) for (const fault of FALSE_RECEIPTS) delete this.#weights.settle[fault];
    this.official = official;
  }

  async start() {
    await this.#listen(0);
    this.port = this.#server.address().port;
    this.url = `http://${HOST}:${this.port}`;
    return this;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Ends all faults. */
  heal() {
    this.#honest = true;
  }

  /** Refuses connections for a while. */
  async down(ms) {
    await this.stop();
    await sleep(ms);
    await this.#listen(this.port);
  }

  #listen(port) {
    return new Promise((resolve) => this.#server.listen(port, HOST, resolve));
  }

  async #handle(request, response) {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // cut off, as by the facilitator that goes down: it has not got the call
      return undefined;
    }
    const text = Buffer.concat(chunks).toString('utf8');
    const [, elsewhere, op] = request.url.match(/^(\/elsewhere)?\/(verify|settle|supported)$/) ?? [];
    if (!op) return response.writeHead(404).end();
    let result;
    try {
      result = await this.#answer(request.method, op, text, elsewhere);
    } catch (error) {
      result = { status: 502, body: { error: error.message } };
    }
    // a caller that has left learns nothing
    result.told?.(!response.destroyed && !result.destroy);
    if (response.destroyed) return undefined;
    if (result.destroy) return request.socket.destroy();
    response.writeHead(result.status, { 'Content-Type': result.type ?? 'application/json', ...result.headers });
    return response.end(result.raw ?? JSON.stringify(result.body));
  }

  async #answer(method, op, text, elsewhere) {
    const body = text ? JSON.parse(text) : undefined;
    const payment = keyOf(body?.paymentPayload?.payload);
    const purchase = this.#history.payments.get(payment)?.purchase;
    const count = (this.#calls.get(`${op}/${payment}`) ?? 0) + 1;
    this.#calls.set(`${op}/${payment}`, count);
    const random = Random.of(this.#seed, 'facilitator', op, purchase, count);
    // the first lie is the most telling one; a facilitator that never tells the truth tells nothing
    const fault = this.#honest || elsewhere || count > 4 ? 'ok' : random.weighted(this.#weights[op]);
    this.faults[`${op} ${fault}`] = (this.faults[`${op} ${fault}`] ?? 0) + 1;
    if (payment) this.#history.note(`facilitator ${op}`, { payment, fault, call: count });
    const offer = body?.paymentRequirements;
    const amount = offer?.amount ?? offer?.maxAmountRequired;
    const genuine = async () => {
      const answer = await fetch(`${this.official}/${op}`, { method, body: text || undefined });
      const result = { status: answer.status, body: await answer.json() };
      if (result.body.success) this.#formerTransactions.set(amount, result.body.transaction);
      if (payment && op === 'settle') {
        const { success, errorReason, transaction } = result.body;
        if (success) this.#settled.set(payment, transaction);
        this.#history.note('official settle', { payment, success, errorReason, transaction });
      }
      return result;
    };
    const { payload } = body?.paymentPayload ?? {};
    const result = await ALL_FAULTS[fault]({
      op,
      genuine,
      random,
      delayMs: fault === 'slowlost' ? 4000 : 1000,
      network: offer?.network,
      payer: payload?.authorization?.from ?? payload?.permit2Authorization?.from,
      paymentKey: payment,
      former: this.#formerTransactions.get(amount),
      elsewhere: `${this.url}/elsewhere/${op}`,
    });
    if (!payment || op !== 'settle') return result;
    return { ...result, told: (heard) => this.#remember(payment, result, count, heard) };
  }

  /** What a seller without a node has to make of an answer, and whether that is right. */
  #remember(payment, { status, body, raw }, count, heard) {
    const answer = { status, body: body ?? (raw || undefined) };
    const notExecuted = this.#notExecuted.get(payment) ?? 0;
    const conclusion = heard ? this.#documented.concludes(answer, count - 1 > notExecuted) : 'unknown';
    if (conclusion === 'not executed') this.#notExecuted.set(payment, notExecuted + 1);
    const paid = this.#settled.get(payment);
    const right = conclusion === 'settled' ? body.transaction === paid : paid === undefined;
    this.#history.payments.get(payment)?.conclusions.push({ conclusion, right });
    const { success, errorReason: reason } = body ?? {};
    this.#history.note('settle answer', { payment, status, heard, success, reason, conclusion });
  }
}
