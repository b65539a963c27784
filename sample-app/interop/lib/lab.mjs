// The running lab: chain, facilitator and packaged sample, and one observed purchase.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ACCOUNTS, DIR, FACILITATOR_ADMIN_PORT, FACILITATOR_PORT, HOST, NETWORK_V1 } from './config.mjs';
import { authorizationUsed, balanceOf, publicClient } from './evm.mjs';
import { javaCommand, LIGHT } from './java.mjs';
import { logOf, start, stopAll } from './processes.mjs';
import { priceOf, readChallenge, readReceipt, SERVED, signPayment } from './x402.mjs';

const ADMIN_URL = `http://${HOST}:${FACILITATOR_ADMIN_PORT}`;
const REQUEST_TIMEOUT_MS = 30_000;

export const FACILITATOR_URL = `http://${HOST}:${FACILITATOR_PORT}`;

export const SAMPLE_URL = `http://${HOST}:${process.env.LAB_SAMPLE_PORT}`;

/** Every payment that was signed here, to look for leaks of it. */
export const signedPayments = [];

// --- processes

/** What tells the sample its web stack: LAB_STACK=reactive is WebFlux. */
export const STACK_ARGUMENTS =
  process.env.LAB_STACK === 'reactive' ? ['--spring.main.web-application-type=reactive'] : [];

export function findJar() {
  if (process.env.SAMPLE_JAR) return process.env.SAMPLE_JAR;
  const target = path.join(DIR, '..', 'target');
  const jars = existsSync(target)
    ? readdirSync(target).filter((file) => /^sample-app-.*\.jar$/.test(file) && !/-(sources|javadoc)\.jar$/.test(file))
    : [];
  assert.equal(jars.length, 1, `one packaged sample is expected in ${target}, there are: ${jars.join(', ') || 'none'}`);
  return path.join(target, jars[0]);
}

const announcesItself = (log) => log.includes('"ready":true');

/** @param env what the environment of the sample has in addition */
export async function startLab(env = {}) {
  await start({
    name: 'chain',
    command: process.execPath,
    args: [path.join(DIR, 'chain.mjs')],
    ready: announcesItself,
  });
  await start({
    name: 'facilitator',
    command: process.execPath,
    args: [path.join(DIR, 'facilitator.mjs')],
    ready: announcesItself,
  });
  await startSample({ name: 'sample', port: process.env.LAB_SAMPLE_PORT, env });
}

/** What a sample needs to sell on the chain of the lab. */
export const SAMPLE_ENV = {
  SPRING_PROFILES_ACTIVE: 'lab',
  // the log is searched for secrets at the end, so let it say all it can
  LOGGING_LEVEL_IO_X402: 'TRACE',
  X402_FACILITATOR_URL: FACILITATOR_URL,
  X402_NETWORK: NETWORK_V1,
  X402_PAY_TO: ACCOUNTS.payTo.address,
  // short enough to wait for, longer than the slow faults
  X402_FACILITATOR_VERIFY_TIMEOUT: '3s',
  X402_FACILITATOR_SETTLE_TIMEOUT: '3s',
};

/**
 * Starts a sample, the one of the lab or another one beside it.
 * @param application the arguments of java that start it: as it is delivered, or prepared
 */
export function startSample({ name, port, application = [...LIGHT, '-jar', findJar()], args = [], env = {} }) {
  return start({
    name,
    command: javaCommand(),
    args: [...application, ...STACK_ARGUMENTS, ...args],
    env: { ...SAMPLE_ENV, SERVER_PORT: port, ...env },
    ready: () =>
      fetch(`http://${HOST}:${port}/free`).then(
        (response) => response.ok,
        () => false,
      ),
    timeoutMs: 180_000,
  });
}

export const stopLab = stopAll;
export const sampleLog = () => logOf('sample');

// --- facilitator

async function admin(pathname, body) {
  const response = await fetch(`${ADMIN_URL}${pathname}`, body && { method: 'POST', body: JSON.stringify(body) });
  const result = await response.json();
  assert.ok(response.ok, result.error);
  return result;
}

export const setFaults = (mode) => admin('/mode', mode);
export const clearFaults = () => admin('/reset', {});
const facilitatorCalls = () => admin('/log');

// --- purchases

export async function send({ origin = SAMPLE_URL, path: pathname, method = 'GET', body, headers = {} }) {
  const response = await fetch(`${origin}${pathname}`, {
    method,
    body,
    headers: body === undefined ? headers : { 'Content-Type': 'text/plain', ...headers },
    redirect: 'manual',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text,
    served: text.includes(SERVED),
    receipt: readReceipt(response.headers),
  };
}

/**
 * Asks for the price and signs a payment, but does not send it.
 * @param request path, method and body if it is not a GET, and origin if it is not the sample of the lab
 * @param options version, account, changes, signer: see signPayment
 */
export async function prepare(request, { version = 2, account = ACCOUNTS.buyer, ...options } = {}) {
  const unpaid = await send(request);
  assert.equal(unpaid.status, 402, `${request.path} without payment`);
  assert.ok(!unpaid.served, 'content without payment');
  const challenge = readChallenge(unpaid.headers, unpaid.body);
  const payment = await signPayment({ challenge, version, account, ...options });
  signedPayments.push(payment);
  return { ...request, headers: payment.headers, payment, price: priceOf(challenge[`v${version}`].accepts[0]) };
}

/**
 * Sends a prepared purchase and tells what happened to the content, to the money and at the facilitator. Whatever else
 * is expected, content goes out only for money, and money moves once, in full, from this buyer to this seller.
 * @param copies how often the identical request is sent at the same time
 */
export async function observe(purchase, { copies = 1 } = {}) {
  const { authorization } = purchase.payment;
  const before = await snapshot(authorization);
  const answers = await Promise.all(Array.from({ length: copies }, () => send(purchase)));
  const after = await snapshot(authorization);

  const charged = after.used && !before.used;
  // payments of earlier tests may still be asked about
  const calls = after.calls.slice(before.calls.length).filter((call) => nonceOf(call) === authorization.nonce);
  assert.ok(after.used || answers.every((answer) => !answer.served), 'content went out without money');
  assert.equal(after.seller - before.seller, charged ? purchase.price : 0n, 'what the seller got');
  assert.equal(before.buyer - after.buyer, charged ? purchase.price : 0n, 'what the buyer paid');
  assert.ok(!calls.some((call) => call.path.startsWith('/elsewhere')), 'a redirect of the facilitator was followed');
  return {
    answers,
    answer: answers[0],
    charged,
    handlerRuns: after.handlerRuns - before.handlerRuns,
    verifyCalls: calls.filter((call) => call.op === 'verify').length,
    settleCalls: calls.filter((call) => call.op === 'settle').length,
  };
}

const nonceOf = ({ request }) => request?.paymentPayload?.payload?.authorization?.nonce;

/** Of one block, and read again if the chain went on meanwhile: a settlement in the background may come in between. */
async function snapshot({ from, nonce }) {
  for (;;) {
    const block = await publicClient.getBlockNumber();
    const [seller, buyer, used, calls, handlerRuns] = await Promise.all([
      balanceOf(ACCOUNTS.payTo.address, block),
      balanceOf(from, block),
      authorizationUsed(from, nonce, block),
      facilitatorCalls(),
      countHandlerRuns(),
    ]);
    if ((await publicClient.getBlockNumber()) === block) return { seller, buyer, used, calls, handlerRuns };
  }
}

export async function countHandlerRuns() {
  const response = await fetch(`${SAMPLE_URL}/__lab/stats`);
  const { handlerRuns } = await response.json();
  return Object.values(handlerRuns).reduce((sum, runs) => sum + runs, 0);
}
