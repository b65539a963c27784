// One audit: starts everything, lets faults happen while buyers buy, heals everything, waits, and judges. Started by run.mjs.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseAbi } from 'viem';

import { setTimeout as sleep } from 'node:timers/promises';
import { prepareApplication } from '../lib/application.mjs';
import {
  ACCOUNTS,
  ARTIFACTS,
  DIR,
  FACILITATOR_PORT,
  HOST,
  NETWORK_V1,
  RPC_URL,
  RUN_DIR,
  USDC,
} from '../lib/config.mjs';
import { mint, publicClient, testClient, walletClient } from '../lib/evm.mjs';
import { freePorts } from '../lib/ports.mjs';
import { start, stopAll } from '../lib/processes.mjs';
import * as buyers from './lib/buyers.mjs';
import { charges, stall } from './lib/chain.mjs';
import { startDatabase } from './lib/databases.mjs';
import { LyingFacilitator } from './lib/facilitator.mjs';
import { idOf, requestOf, ROUTES } from './lib/goods.mjs';
import { History } from './lib/history.mjs';
import { send } from './lib/http.mjs';
import { Instance } from './lib/instance.mjs';
import { judge } from './lib/judge.mjs';
import { readPayment } from './lib/payments.mjs';
import { Random } from './lib/random.mjs';
import { report } from './lib/report.mjs';
import { Wire } from './lib/wire.mjs';

const PERMIT2 = '0x000000000022D473030F116dDEE9F6B43aC78BA3';

const AFTERMATH_MS = 15_000;

const TRY_LATER = new Set([
  'settlement_pending',
  'payment_in_progress',
  'facilitator_unavailable',
  'payment_store_unavailable',
  'payments_unavailable',
  'delivery_failed',
]);

export class Audit extends History {
  #open = new Set();
  #stopping = false;
  #restart;
  chaos = {};

  constructor({ seed, store, node, seconds, workers }) {
    super(path.join(RUN_DIR, 'audit-history.jsonl'));
    Object.assign(this, { seed, store, node, seconds, workers });
    this.random = new Random(seed);
  }

  // --- what is known of a request while it is under way

  /** A request of a payment, or of a purchase whose payments are not known yet, is under way at an instance. */
  open(subject, instance) {
    const open = { subject, instance };
    this.#open.add(open);
    return open;
  }

  /**
   * It has ended for its buyer. Unless the response came whole, the instance may still work on it, for as long as the
   * slowest handler, all time limits and a wait for another request together.
   */
  close(open, { clean = false } = {}) {
    if (clean) this.#open.delete(open);
    else setTimeout(() => this.#open.delete(open), AFTERMATH_MS).unref();
  }

  /** Something happened after which handlers of requests under way may run once more, as documented. */
  excuse(why, instance) {
    for (const open of this.#open) {
      if (instance && open.instance !== instance) continue;
      const payments = open.subject.key ? [open.subject] : open.subject.payments;
      for (const payment of payments) payment.excuses.push(why);
      open.subject.excuses?.push?.(why);
    }
  }

  response(payment, response) {
    payment.responses.push(response);
    const { id, instance, status, code, whole, part, clean, error, replayed, receipt, final, abortAfterMs } = response;
    const told = receipt && (receipt.success ? receipt.transaction : receipt.errorReason);
    this.note('response', {
      payment: payment.key,
      id,
      instance,
      status,
      code,
      error,
      whole,
      part,
      clean,
      replayed,
      told,
      final: final !== undefined,
      abortAfterMs,
    });
    return response;
  }

  // --- start

  async start() {
    const announcesItself = (log) => log.includes('"ready":true');
    const node = (name, file) => ({
      name,
      command: process.execPath,
      args: [path.join(DIR, file)],
      ready: announcesItself,
    });
    await start(node('audit-chain', 'chain.mjs'));
    await start(node('audit-facilitator', 'facilitator.mjs'));
    await this.#fund();
    this.fromBlock = (await publicClient.getBlockNumber()) + 1n;
    this.database = await startDatabase(this.store);
    this.facilitator = await new LyingFacilitator({
      seed: this.seed,
      history: this,
      official: `http://${HOST}:${FACILITATOR_PORT}`,
      falseReceipts: this.node,
    }).start();
    const ports = await freePorts(2);
    this.storeWires = await Promise.all(ports.map(() => new Wire(this.database.port).start()));
    this.application = await prepareApplication(path.join(RUN_DIR, 'audit-app'), this.#settings('A', this.database.port));
    this.instances = ports.map((port, i) => this.#instance(['A', 'B'][i], port, this.storeWires[i].port));
    // one after the other, because both create the tables
    for (const instance of this.instances) await instance.start();
    this.wires = await Promise.all(
      this.instances.map(({ port }) =>
        new Wire(port, { fault: () => this.#connectionFault(), seen: (request) => this.#seen(request) }).start(),
      ),
    );
    this.official = await buyers.officialBuyers();
  }

  async #fund() {
    await mint(ACCOUNTS.stranger.address, 1_000_000_000n);
    const { runtime } = JSON.parse(readFileSync(path.join(ARTIFACTS, 'LabPermit2.json'), 'utf8'));
    await testClient.setCode({ address: PERMIT2, bytecode: runtime });
    const hash = await walletClient(ACCOUNTS.buyer).writeContract({
      address: USDC,
      abi: parseAbi(['function approve(address, uint256) returns (bool)']),
      functionName: 'approve',
      args: [PERMIT2, 10n ** 12n],
    });
    await publicClient.waitForTransactionReceipt({ hash });
  }

  #instance(name, port, storePort) {
    return new Instance({
      name,
      port,
      application: this.application,
      env: this.#settings(name, storePort),
      history: this,
    });
  }

  #settings(name, storePort) {
    return {
      SPRING_PROFILES_ACTIVE: `lab,${this.store}`,
      ...this.database.settings(storePort),
      // the log is searched for secrets at the end, so let it say all it can
      LOGGING_LEVEL_IO_X402: 'TRACE',
      X402_FACILITATOR_URL: this.facilitator.url,
      X402_NETWORK: NETWORK_V1,
      X402_PAY_TO: ACCOUNTS.payTo.address,
      X402_FACILITATOR_VERIFY_TIMEOUT: '2s',
      X402_FACILITATOR_SETTLE_TIMEOUT: '3s',
      ...(this.node && { X402_RECEIPT_CHECK_RPC_URL: RPC_URL, X402_RECEIPT_CHECK_TIMEOUT: '2s' }),
      X402_STORE_LEASE: '5s',
      X402_REDELIVERY_WINDOW: '3h',
      SERVER_TOMCAT_THREADS_MAX: '40',
      MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE: 'health,x402ledger',
      // shorter than handlers and settlements at one of them
      SPRING_MVC_ASYNC_REQUEST_TIMEOUT: name === 'A' ? '30s' : '1500ms',
    };
  }

  // --- the network

  #connectionFault() {
    if (this.#stopping || this.random.chance(0.75)) return undefined;
    const when = this.random.weighted({ before: 2, during: 8, after: 6, partly: 4, slow: 3 });
    return { when, ms: this.random.between(5, 1200), bytes: this.random.between(20, 700) };
  }

  /** A payment passes by: this is how those of official buyers are learnt of. */
  #seen(request) {
    const id = idOf(request.path);
    const purchase = this.purchases.get(id) ?? this.purchases.get(id?.replace(/-x$/, ''));
    const read = readPayment(request.payment);
    if (!purchase || !read?.key) return;
    const payment = this.payment(read.key, {
      purchase: purchase.id,
      buyer: purchase.buyer,
      headers: { [request.headerName]: request.payment },
      signature: read.signature,
      route: purchase.route,
      maximum: read.maximum,
      charge: read.maximum,
      requests: [],
    });
    this.#remember(payment, purchase, request, id);
    request.lost = () => {
      payment.lost = true;
      this.note('response lost', { payment: payment.key, id });
    };
    this.note('passes', { payment: payment.key, id });
  }

  /** A payment is repeated with the very requests that it was sent with, what they accept included. */
  #remember(payment, purchase, { method, path: target, headers }, id) {
    const same = (request) =>
      request.path === target &&
      request.method === method &&
      JSON.stringify(request.headers ?? {}) === JSON.stringify(headers);
    if (payment.requests.some(same)) return;
    const { route, body } = payment.requests.find((request) => request.path === target) ?? requestOf(purchase.name, id);
    payment.requests.push({ id, route, method, path: target, body, headers });
  }

  // --- faults

  get #actions() {
    const [a, b] = this.instances;
    // the other faults go on meanwhile; one instance at a time
    const kill = (instance, signal) => async (random) => {
      if (this.#restart) return;
      this.excuse('its instance was killed', instance);
      await instance.kill(signal);
      this.#restart = sleep(random.between(200, 2500))
        .then(() => instance.keepStarting())
        .finally(() => {
          this.#restart = undefined;
        });
    };
    return {
      'kill A': kill(a),
      'kill B': kill(b),
      'freeze store': async (random) => {
        this.excuse('the store was frozen');
        await this.database.freeze();
        await sleep(random.between(800, 7000));
        this.excuse('the store was frozen');
        await this.database.thaw();
      },
      'freeze instance': async (random) => {
        const instance =
          this.instances.find(({ isRunning }) => isRunning && random.chance(0.5)) ??
          this.instances.find(({ isRunning }) => isRunning);
        this.excuse('its instance was frozen', instance);
        await instance.freeze(random.between(1500, 9000));
      },
      'lose store connections': async () => {
        this.excuse('the connection to the store was lost');
        for (const wire of this.storeWires) wire.reset();
      },
      'store out of reach': async (random) => {
        const i = random.between(0, 1);
        this.excuse('the store was out of reach', this.instances[i]);
        this.storeWires[i].down = true;
        await sleep(random.between(500, 4000));
        this.excuse('the store was out of reach', this.instances[i]);
        this.storeWires[i].down = false;
      },
      'store stalls': async (random) => {
        const i = random.between(0, 1);
        this.excuse('the store stalled', this.instances[i]);
        this.storeWires[i].stalled = true;
        await sleep(random.between(500, 6000));
        this.excuse('the store stalled', this.instances[i]);
        this.storeWires[i].stalled = false;
      },
      'facilitator down': (random) => this.facilitator.down(random.between(500, 3000)),
      'chain stalls': (random) => stall(random.between(1000, 4000)),
      'stop A': kill(a, 'SIGTERM'),
    };
  }

  /** A shuffled deck of all faults, again and again, so that a short run has its share of each. */
  async #makeTrouble(until) {
    const random = Random.of(this.seed, 'trouble');
    const actions = this.#actions;
    let deck = [];
    await sleep(1500);
    while (Date.now() < until) {
      if (deck.length === 0) deck = random.shuffle(Object.keys(actions));
      const name = deck.pop();
      this.chaos[name] = (this.chaos[name] ?? 0) + 1;
      this.note(`begin: ${name}`, { everybody: true });
      await actions[name](random);
      this.note(`end: ${name}`, { everybody: true });
      await sleep(random.between(300, 1800));
    }
  }

  // --- buyers

  async #keepBuying(worker, until) {
    for (let count = 0; Date.now() < until; count++) {
      const id = `p-${worker}-${count}`;
      const random = Random.of(this.seed, 'purchase', id);
      await sleep(random.between(50, 500));
      const official = random.chance(0.25) ? random.pick(Object.keys(this.official)) : undefined;
      const names = (official ? buyers.SDK_ROUTES : Object.keys(ROUTES)).filter(
        (name) => this.store === 'postgres' || !ROUTES[name].books,
      );
      const name = random.weighted(Object.fromEntries(names.map((each) => [each, ROUTES[each].weight])));
      const purchase = this.purchase({
        id,
        random,
        name,
        route: ROUTES[name],
        buyer: official ?? 'auditor',
        excuses: [],
      });
      if (official) await buyers.buyOfficially(this, purchase, this.official[official]);
      else await buyers.buyByHand(this, purchase);
    }
  }

  /** A Java process for each purchase, so one at a time and not too often. */
  async #keepBuyingWithSample(until) {
    for (let count = 0; Date.now() < until; count++) {
      const id = `own-${count}`;
      const random = Random.of(this.seed, 'purchase', id);
      const name = random.pick(['small', 'order', 'slowOrder']);
      const purchase = this.purchase({ id, random, name, route: ROUTES[name], buyer: 'sample buy', excuses: [] });
      await buyers.buyWithSample(this, purchase);
      await sleep(random.between(3000, 9000));
    }
  }

  async trade() {
    const until = Date.now() + this.seconds * 1000;
    await Promise.all([
      this.#makeTrouble(until),
      this.#keepBuyingWithSample(until),
      ...Array.from({ length: this.workers }, (_, worker) => this.#keepBuying(worker, until)),
    ]);
  }

  // --- the end

  async heal() {
    this.#stopping = true;
    this.facilitator.heal();
    await this.#restart;
    for (const instance of this.instances) if (!(await instance.isUp())) await instance.keepStarting();
    this.note('healed', { everybody: true });
  }

  /** Repeats every payment for every request it was sent with, until nothing more can be learnt, or patience ends. */
  async collect(patienceMs) {
    const deadline = Date.now() + patienceMs;
    let left = [...this.payments.values()];
    let round = 0;
    while (left.length > 0) {
      const undecided = [];
      const queue = [...left];
      const drain = async () => {
        for (let payment = queue.shift(); payment; payment = queue.shift()) {
          if (!(await this.#collect(payment, round))) undecided.push(payment);
        }
      };
      await Promise.all(Array.from({ length: 6 }, drain));
      left = undecided;
      round++;
      if (left.length === 0 || Date.now() > deadline) break;
      await sleep(2000);
    }
    this.note('collected', { rounds: round, undecided: left.length });
    // what the last repetitions caused is written down a moment later
    await sleep(1500);
  }

  async #collect(payment, round) {
    let decided = true;
    for (const request of payment.requests) {
      const instance = this.instances[round % 2];
      const response = await send(
        instance.port,
        { ...request, headers: { ...request.headers, ...payment.headers } },
        { timeoutMs: 20_000 },
      );
      payment.responses = payment.responses.filter(({ final }) => final !== request);
      this.response(payment, { ...response, instance: instance.name, final: request });
      if (response.error || TRY_LATER.has(response.code)) decided = false;
      if (response.whole) return true;
    }
    return decided;
  }

  async #ledger() {
    const entries = [];
    let after;
    do {
      const query = new URLSearchParams({ limit: '500', ...(after && { after }) });
      const response = await fetch(`${this.instances[0].url}/actuator/x402ledger?${query}`);
      const page = await response.json();
      entries.push(...page.entries);
      after = page.after;
    } while (after);
    return entries;
  }

  async judge() {
    const runs = new Map();
    for (const instance of this.instances)
      for (const [id, count] of instance.runs()) runs.set(id, (runs.get(id) ?? 0) + count);
    const payments = [...this.payments.values()];
    for (const payment of payments) {
      payment.routes = payment.requests.map(({ route }) => route);
      const ids = new Set(payment.requests.map(({ id }) => id));
      payment.runs = [...ids].reduce((sum, id) => sum + (runs.get(id) ?? 0), 0);
      payment.excuses.push(...(this.purchases.get(payment.purchase).excuses ?? []));
      for (const id of ids) runs.delete(id);
    }
    const purchases = [...this.purchases.values()].map(({ id, payments: its, result, route }) => ({
      id,
      result,
      books: route.books,
      payments: its.map(({ key }) => key),
      delivered: its.some(({ responses }) => responses.some((response) => response.whole && response.id === id)),
    }));
    const transfers = await charges(this.fromBlock, this.payments.keys());
    const ledger = await this.#ledger();
    const bookings =
      this.store === 'postgres' ? await (await fetch(`${this.instances[0].url}/__lab/bookings`)).json() : undefined;
    const evidence = { payments, purchases, transfers, ledger, strayRuns: runs, bookings, node: this.node };
    const violations = [...judge(evidence), ...this.#leaks()];
    const text = report({ audit: this, ...evidence, violations });
    writeFileSync(path.join(RUN_DIR, 'audit-report.txt'), text.whole);
    return { violations, text: text.short };
  }

  /** Keys, signatures, nonces and payment headers have no place in a log. */
  #leaks() {
    const secrets = Object.values(ACCOUNTS).map(({ privateKey }) => ['a private key', privateKey]);
    for (const { key, signature, headers } of this.payments.values()) {
      secrets.push(['a nonce', key], ['a signature', signature]);
      for (const header of Object.values(headers)) secrets.push(['a payment header', header]);
    }
    const leaks = [];
    for (const instance of this.instances) {
      const log = instance.log().toLowerCase();
      for (const [what, secret] of secrets) {
        const text = secret?.replace(/^0x/, '').toLowerCase();
        if (text && log.includes(text))
          leaks.push({ kind: 'secret-in-log', detail: `${what} in the log of ${instance.name}` });
      }
    }
    return leaks;
  }

  async stop() {
    for (const instance of this.instances ?? []) await instance.kill('SIGTERM');
    for (const wire of [...(this.wires ?? []), ...(this.storeWires ?? [])]) wire.stop();
    await this.facilitator?.stop();
    await this.database?.stop();
    await stopAll();
  }
}
