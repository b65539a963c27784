// The official facilitator library behind HTTP, with a log and switchable faults:    node facilitator.mjs
//   LAB_FACILITATOR_PORT         POST /verify, POST /settle, GET /supported, GET /discovery/search?query=…
//   LAB_FACILITATOR_ADMIN_PORT   POST /mode {"settle": "hang", …}, POST /reset, GET /log?since=N
// A mode is a fault for verify, settle or supported (lib/faults.mjs), delayMs for the slow ones, and for the whole server
// {"down": true} (connections are refused) or {"downAfterVerify": true} (from the next verify on).
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { x402Facilitator } from '@x402/core/facilitator';
import { ExactEvmScheme } from '@x402/evm/exact/facilitator';
import { ExactEvmSchemeV1 } from '@x402/evm/exact/v1/facilitator';
import { UptoEvmScheme } from '@x402/evm/upto/facilitator';
import { extractDiscoveryInfo } from '@x402/extensions/bazaar';
import {
  ACCOUNTS,
  FACILITATOR_ADMIN_PORT,
  FACILITATOR_PORT,
  HOST,
  NETWORK_V1,
  NETWORK_V2,
  RUN_DIR,
  WALLET_FACTORY,
} from './lib/config.mjs';
import { publicClient, walletClient } from './lib/evm.mjs';
import { FAULTS } from './lib/faults.mjs';

const URL_BASE = `http://${HOST}:${FACILITATOR_PORT}`;

// --- the official facilitator

const wallet = walletClient(ACCOUNTS.facilitator);
let lastWrite = Promise.resolve();

/** One transaction after the other: parallel ones would take the same account nonce. */
function inTurn(write) {
  const result = lastWrite.then(write);
  lastWrite = result.catch(() => {});
  return result;
}

const signer = {
  getAddresses: () => [ACCOUNTS.facilitator.address],
  // payments by use may be simulated by the account that settles them only
  readContract: (args) => publicClient.readContract({ account: ACCOUNTS.facilitator, ...args }),
  verifyTypedData: (args) => publicClient.verifyTypedData(args),
  getCode: (args) => publicClient.getCode(args),
  writeContract: (args) => inTurn(() => wallet.writeContract(args)),
  sendTransaction: (args) => inTurn(() => wallet.sendTransaction(args)),
  waitForTransactionReceipt: (args) => publicClient.waitForTransactionReceipt(args),
};

const official = new x402Facilitator()
  .register(NETWORK_V2, new ExactEvmScheme(signer, { eip6492AllowedFactories: [WALLET_FACTORY] }))
  .register(NETWORK_V2, new UptoEvmScheme(signer))
  .registerV1(NETWORK_V1, new ExactEvmSchemeV1(signer));

// --- the catalogue: what was paid for through this facilitator and described itself

const catalogue = new Map();

function describe({ paymentPayload, paymentRequirements }) {
  try {
    return extractDiscoveryInfo(paymentPayload, paymentRequirements);
  } catch {
    return undefined;
  }
}

function remember(request) {
  const found = describe(request);
  if (!found) return;
  const { paymentRequirements } = request;
  const { resourceUrl: resource, description, mimeType, x402Version, discoveryInfo: info } = found;
  const type = info.input.type;
  const extensions = { bazaar: { info } };
  const lastUpdated = new Date().toISOString();
  catalogue.set(resource, { resource, type, x402Version, accepts: [paymentRequirements], description, mimeType, extensions, lastUpdated });
}

function search(query) {
  const words = query.toLowerCase().split(/\s+/);
  const resources = [...catalogue.values()].filter((resource) =>
    words.some((word) => JSON.stringify(resource).toLowerCase().includes(word)),
  );
  return { status: 200, body: { x402Version: 2, resources } };
}

async function genuine(op, request) {
  if (op === 'supported') return { status: 200, body: official.getSupported() };
  if (!request?.paymentPayload || !request?.paymentRequirements) {
    return { status: 400, body: { error: 'Missing paymentPayload or paymentRequirements' } };
  }
  try {
    const body = await official[op](request.paymentPayload, request.paymentRequirements);
    if (op === 'settle' && body.success) remember(request);
    return { status: 200, body };
  } catch (error) {
    return { status: 500, body: { error: error.message } };
  }
}

// --- the public server

const METHODS = { verify: 'POST', settle: 'POST', supported: 'GET' };
const DEFAULT_MODE = {
  verify: 'ok',
  settle: 'ok',
  supported: 'ok',
  delayMs: 1000,
  down: false,
  downAfterVerify: false,
};

let mode = { ...DEFAULT_MODE };
let server;
const log = [];

mkdirSync(RUN_DIR, { recursive: true });
const logFile = path.join(RUN_DIR, 'facilitator.jsonl');
writeFileSync(logFile, '');

async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

const toJson = (value) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v));

async function answer(method, pathname, request) {
  // a redirected call would arrive below /elsewhere and succeed there
  const [, elsewhere, op] = pathname.match(/^(\/elsewhere)?\/(verify|settle|supported)$/) ?? [];
  if (!op || METHODS[op] !== method) return { status: 404, body: { error: 'not found' } };
  const entry = { seq: log.length + 1, at: new Date().toISOString(), op, path: pathname, fault: mode[op], request };
  // at arrival, so that a call that is never answered is counted too
  log.push(entry);
  const call = {
    op,
    genuine: () => genuine(op, request),
    delayMs: mode.delayMs,
    network: request?.paymentRequirements?.network,
    payer: request?.paymentPayload?.payload?.authorization?.from,
    paymentKey: JSON.stringify(request?.paymentPayload?.payload),
    elsewhere: `${URL_BASE}/elsewhere/${op}`,
  };
  const result = elsewhere ? await call.genuine() : await FAULTS[mode[op]](call);
  entry.response = result;
  appendFileSync(logFile, `${toJson(entry)}\n`);
  return { op, ...result };
}

async function handle(request, response) {
  const { pathname, searchParams } = new URL(request.url, URL_BASE);
  const result =
    pathname === '/discovery/search'
      ? search(searchParams.get('query') ?? '')
      : await answer(request.method, pathname, await readJson(request));
  if (result.destroy) return request.socket.destroy();
  response.writeHead(result.status, { 'Content-Type': result.type ?? 'application/json', ...result.headers });
  response.end(result.raw ?? toJson(result.body));
  if (result.op === 'verify' && mode.downAfterVerify) response.on('close', stop);
}

function start() {
  // a call that is cut off before it has arrived is none
  server = http.createServer((request, response) =>
    handle(request, response).catch((error) => {
      if (request.complete) throw error;
    }),
  );
  return new Promise((resolve) => server.listen(FACILITATOR_PORT, HOST, resolve));
}

function stop() {
  const stopped = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  return stopped;
}

// --- the admin server

async function changeMode(changes) {
  const unknown = ['verify', 'settle', 'supported'].map((op) => changes[op]).find((fault) => fault && !FAULTS[fault]);
  if (unknown) return { status: 400, body: { error: `unknown fault ${unknown}` } };
  mode = { ...mode, ...changes };
  if (mode.down && server.listening) await stop();
  if (!mode.down && !server.listening) await start();
  return { status: 200, body: mode };
}

async function administer(request) {
  const url = new URL(request.url, URL_BASE);
  switch (`${request.method} ${url.pathname}`) {
    case 'POST /mode':
      return changeMode(await readJson(request));
    case 'POST /reset':
      return changeMode(DEFAULT_MODE);
    case 'GET /log':
      return { status: 200, body: log.slice(Number(url.searchParams.get('since') ?? 0)) };
    default:
      return { status: 404, body: { error: 'not found' } };
  }
}

const admin = http.createServer(async (request, response) => {
  const { status, body } = await administer(request);
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(toJson(body));
});

await start();
await new Promise((resolve) => admin.listen(FACILITATOR_ADMIN_PORT, HOST, resolve));
process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => process.exit(0));
console.log(JSON.stringify({ ready: true, url: URL_BASE, admin: `http://${HOST}:${FACILITATOR_ADMIN_PORT}` }));
