// Buyers: one that signs by itself and does what no SDK would do, the official ones, and the sample's own.
import { execFile } from 'node:child_process';
import axios from 'axios';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { UptoEvmScheme } from '@x402/evm/upto/client';
import { wrapAxiosWithPayment } from '@x402/axios';
import { wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { createSigner as createAxiosSigner, withPaymentInterceptor } from 'x402-axios';
import { createSigner, wrapFetchWithPayment as wrapFetchV1 } from 'x402-fetch';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNTS, NETWORK_V1 } from '../../lib/config.mjs';
import { javaCommand } from '../../lib/java.mjs';
import { priceOf, signPayment } from '../../lib/x402.mjs';
import { appraise, requestOf, ROUTES } from './goods.mjs';
import { readAnswer, send } from './http.mjs';
import { keyOf, signPermit2 } from './payments.mjs';

const TIMEOUT_MS = 12_000;

// --- the buyer that signs by itself

/** Asks instances for the price until one tells it, past all faults: to sign is not what is tried here. */
export async function sign(audit, purchase, request, { version = 2 } = {}) {
  const { random } = purchase;
  const account = ACCOUNTS.buyer;
  for (let attempt = 0; attempt < 40; attempt++) {
    const { port } = audit.instances[(random.between(0, 1) + attempt) % 2];
    const { status, challenge } = await send(port, request, { timeoutMs: 3000 });
    const { v1, v2 } = challenge ?? {};
    if (status === 402 && v2 && (version === 2 || v1)) {
      const [offer] = (version === 1 ? v1 : v2).accepts;
      const signed =
        (await signPermit2({ resource: v2.resource, offer, account })) ??
        (await signPayment({ challenge: { v1, v2 }, version, account }));
      const payload = signed.payload ?? { authorization: signed.authorization };
      return audit.payment(keyOf(payload), {
        purchase: purchase.id,
        buyer: `auditor v${version}`,
        headers: signed.headers,
        signature: signed.signature ?? signed.payload.signature,
        route: purchase.route,
        maximum: priceOf(offer),
        charge: purchase.route.charge ?? priceOf(offer),
        requests: [request],
      });
    }
    await sleep(250);
  }
  return undefined;
}

export async function pay(audit, payment, request, options = {}) {
  const wire = options.wire ?? audit.purchases.get(payment.purchase).random.pick(audit.wires);
  const instance = audit.instances[audit.wires.indexOf(wire)];
  const open = audit.open(payment, instance);
  audit.note('sent', {
    payment: payment.key,
    id: request.id,
    instance: instance.name,
    abortAfterMs: options.abortAfterMs,
  });
  const response = await send(wire.port, { ...request, headers: { ...request.headers, ...payment.headers } }, options);
  audit.close(open, response);
  return audit.response(payment, { ...response, instance: instance.name });
}

/** What a buyer does with one signed payment. */
const HABITS = {
  once: { weight: 25, run: (audit, payment, request) => pay(audit, payment, request) },
  patient: {
    weight: 25,
    run: async (audit, payment, request, random) => {
      for (let attempt = random.between(2, 4); attempt > 0; attempt--) {
        const { whole } = await pay(audit, payment, request);
        if (whole && random.chance(0.6)) return;
        await sleep(random.between(50, 2500));
      }
    },
  },
  storm: {
    weight: 15,
    run: async (audit, payment, request, random) => {
      const burst = () =>
        Promise.all(
          Array.from({ length: random.between(3, 6) }, (_, i) =>
            pay(audit, payment, request, { wire: audit.wires[i % 2] }),
          ),
        );
      await burst();
      if (random.chance(0.5)) {
        await sleep(random.between(200, 2500));
        await burst();
      }
    },
  },
  elsewhere: {
    weight: 10,
    run: async (audit, payment, request, random) => {
      const other = requestOf(random.pick(['small', 'order', 'upfront', 'sse']), `${request.id}-x`);
      payment.requests.push(other);
      const first = pay(audit, payment, request);
      if (random.chance(0.5)) await first;
      await pay(audit, payment, other);
      await first;
      if (random.chance(0.5)) await pay(audit, payment, other);
    },
  },
  impatient: {
    weight: 15,
    run: async (audit, payment, request, random) => {
      for (let attempt = random.between(1, 3); attempt > 0; attempt--)
        await pay(audit, payment, request, { abortAfterMs: random.between(5, 1500) });
      if (random.chance(0.5)) await pay(audit, payment, request);
    },
  },
};

// asks for what the handler does not make, over and over, and then for what it makes
HABITS.choosy = {
  weight: 6,
  run: async (audit, payment, request, random) => {
    const headers = random.pick([{ Accept: 'image/gif' }, { 'If-None-Match': '*' }, { 'If-Match': '"other"' }]);
    for (let attempt = random.between(2, 4); attempt > 0; attempt--)
      await pay(audit, payment, { ...request, headers: { ...request.headers, ...headers } });
    await pay(audit, payment, request);
  },
};

const HABIT_WEIGHTS = Object.fromEntries(Object.entries(HABITS).map(([name, { weight }]) => [name, weight]));

export async function buyByHand(audit, purchase) {
  const { random } = purchase;
  const request = requestOf(purchase.name, purchase.id);
  const version = purchase.route.permit2 || random.chance(0.8) ? 2 : 1;
  const payment = await sign(audit, purchase, request, { version });
  if (!payment) return;
  const habit = random.weighted(HABIT_WEIGHTS);
  audit.note('habit', { payment: payment.key, habit, route: purchase.name });
  await HABITS[habit].run(audit, payment, request, random);
}

// --- official buyers, in this process

const evm = (account) =>
  new x402Client().register('eip155:*', new ExactEvmScheme(account)).register('eip155:*', new UptoEvmScheme(account));

/** Nothing of an SDK may keep the auditor waiting. */
const bounded = (request, init) => fetch(request, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });

const viaFetch =
  (payingFetch) =>
  async (url, { method, body }) => {
    const response = await payingFetch(url, { method, body, headers: body && { 'Content-Type': 'text/plain' } });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

const viaAxios =
  (api) =>
  async (url, { method, body }) => {
    const response = await api.request({ url, method, data: body, headers: body && { 'Content-Type': 'text/plain' } });
    const text = typeof response.data === 'string' ? response.data : JSON.stringify(response.data);
    return { status: response.status, headers: new Headers({ ...response.headers }), text };
  };

const axiosApi = () => axios.create({ proxy: false, timeout: TIMEOUT_MS });

export async function officialBuyers() {
  return {
    '@x402/fetch': viaFetch(wrapFetchWithPayment(bounded, evm(ACCOUNTS.fetchV2))),
    '@x402/axios': viaAxios(wrapAxiosWithPayment(axiosApi(), evm(ACCOUNTS.axiosV2))),
    'x402-fetch': viaFetch(wrapFetchV1(bounded, await createSigner(NETWORK_V1, ACCOUNTS.fetchV1.privateKey))),
    'x402-axios': viaAxios(
      withPaymentInterceptor(axiosApi(), await createAxiosSigner(NETWORK_V1, ACCOUNTS.axiosV1.privateKey)),
    ),
  };
}

export async function buyOfficially(audit, purchase, buy) {
  const request = requestOf(purchase.name, purchase.id);
  const wire = purchase.random.pick(audit.wires);
  const open = audit.open(purchase, audit.instances[audit.wires.indexOf(wire)]);
  audit.note('buys', { purchase: purchase.id, buyer: purchase.buyer, route: purchase.name });
  let result;
  try {
    const { status, headers, text } = await buy(`http://127.0.0.1:${wire.port}${request.path}`, request);
    result = { id: purchase.id, status, clean: true, ...readAnswer(headers, text), ...appraise(text, purchase.id) };
  } catch (error) {
    result = {
      id: purchase.id,
      error: error.code ?? error.response?.status ?? error.message.slice(0, 80),
      status: error.response?.status,
    };
  }
  audit.close(open, result);
  const payment = purchase.payments.at(-1);
  if (payment) audit.response(payment, result);
  else audit.note('response', { purchase: purchase.id, ...brief(result) });
}

const brief = ({ status, code, error, whole, part }) => ({ status, code, error, whole, part });

// --- the sample's own buyer

/** Runs `buy` of the sample with a budget for exactly one purchase. */
export async function buyWithSample(audit, purchase) {
  const request = requestOf(purchase.name, purchase.id);
  const wire = purchase.random.pick(audit.wires);
  const limits = ['per-request', 'per-day'].map((limit) => `--x402.client.limits.max-amount-${limit}=0.01`);
  const data = request.body === undefined ? [] : [`--data=${request.body}`];
  const options = ['--json', ...limits, ...data, '--spring.http.clients.read-timeout=3s'];
  const open = audit.open(purchase, audit.instances[audit.wires.indexOf(wire)]);
  audit.note('buys', { purchase: purchase.id, buyer: purchase.buyer, route: purchase.name });
  const stdout = await new Promise((resolve) => {
    const env = { ...process.env, X402_CLIENT_PRIVATE_KEY: ACCOUNTS.stranger.privateKey };
    const url = `http://127.0.0.1:${wire.port}${request.path}`;
    const args = [...audit.application, 'buy', url, ...options];
    execFile(javaCommand(), args, { env, timeout: 90_000 }, (error, output) => resolve(output));
  });
  audit.close(open);
  let bill;
  try {
    bill = JSON.parse(stdout.trim().split('\n').at(-1));
  } catch {
    bill = { result: 'crashed' };
  }
  purchase.result = bill.result;
  audit.note('bill', { purchase: purchase.id, result: bill.result, problem: bill.problem });
  const answer = bill.answers?.at(-1);
  const payment = purchase.payments.at(-1);
  if (!payment || !answer) return;
  const { status, receipt, bodyExcerpt = '' } = answer;
  audit.response(payment, { id: purchase.id, status, receipt, ...appraise(bodyExcerpt, purchase.id) });
}

export const SDK_ROUTES = Object.keys(ROUTES).filter((name) => !ROUTES[name].permit2);
