// What the official packages make of a case. A verdict is a line of text that begins with what happened.
import { NOW } from './clock.mjs';
import { wrapAxiosWithPayment } from '@x402/axios';
import { x402Facilitator } from '@x402/core/facilitator';
import { HTTPFacilitatorClient, x402HTTPResourceServer, x402ResourceServer } from '@x402/core/server';
import { ExactEvmScheme as BuyerScheme } from '@x402/evm/exact/client';
import { ExactEvmScheme as FacilitatorScheme } from '@x402/evm/exact/facilitator';
import { ExactEvmScheme as SellerScheme } from '@x402/evm/exact/server';
import { ExactEvmSchemeV1 as BuyerSchemeV1 } from '@x402/evm/exact/v1/client';
import { ExactEvmSchemeV1 as FacilitatorSchemeV1 } from '@x402/evm/exact/v1/facilitator';
import { wrapFetchWithPayment, x402Client } from '@x402/fetch';
import axios from 'axios';
import { withPaymentInterceptor } from 'x402-axios';
import { paymentMiddleware } from 'x402-express';
import { createSigner, wrapFetchWithPayment as wrapFetchWithPaymentV1 } from 'x402-fetch';
import { verifyTypedData } from 'viem';
import { NETWORK, NETWORK_V1, OFFER, OFFER_V1, PAYER, PAY_TO, URL, USDC } from './cases.mjs';

const KEY = `0x${'7'.repeat(64)}`;

// --- a chain on which everybody has money and nobody is a contract

const signer = {
  getAddresses: () => [PAY_TO],
  readContract: async ({ functionName }) => {
    if (functionName === 'balanceOf' || functionName === 'allowance') return 10n ** 18n;
    if (functionName === 'authorizationState') return false;
    if (functionName === 'name') return 'USDC';
    if (functionName === 'version') return '2';
    return undefined;
  },
  verifyTypedData: (args) => verifyTypedData(args),
  getCode: async ({ address }) => (address.toLowerCase() === USDC.toLowerCase() ? '0x6001' : undefined),
  writeContract: async () => `0x${'ab'.repeat(32)}`,
  sendTransaction: async () => `0x${'ab'.repeat(32)}`,
  waitForTransactionReceipt: async () => ({ status: 'success', logs: [] }),
};

const facilitator = new x402Facilitator()
  .register(NETWORK, new FacilitatorScheme(signer))
  .registerV1(NETWORK_V1, new FacilitatorSchemeV1(signer));

async function verify(payload, requirements) {
  try {
    return await facilitator.verify(payload, requirements);
  } catch (error) {
    return { isValid: false, invalidReason: 'unexpected_verify_error' };
  }
}

// --- buyers

function response(challenge) {
  const headers = new Headers();
  for (const [name, value] of challenge.headers) headers.append(name, value);
  return new Response(challenge.body, { status: 402, headers });
}

function paid(header) {
  const { x402Version, scheme, network, accepted, payload } = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  const { value, to } = payload.authorization ?? {
    value: payload.permit2Authorization?.permitted.amount,
    to: payload.permit2Authorization?.witness.to,
  };
  return `pays v${x402Version} ${value} to ${String(to).toLowerCase()} by ${accepted?.scheme ?? scheme} on ${accepted?.network ?? network}`;
}

async function withFetch(wrap, challenge) {
  let sent;
  const fake = async (input, init) => {
    const headers = input instanceof Request ? input.headers : new Headers(init?.headers);
    const payment = headers.get('PAYMENT-SIGNATURE') ?? headers.get('X-PAYMENT');
    if (!payment) return response(challenge);
    sent = payment;
    return new Response('{}', { status: 200 });
  };
  return verdict(() => wrap(fake)(URL), () => sent);
}

async function withAxios(wrap, challenge) {
  let sent;
  const api = axios.create({
    adapter: async (config) => {
      const payment = config.headers.get('PAYMENT-SIGNATURE') ?? config.headers.get('X-PAYMENT');
      if (payment) sent = payment;
      const status = payment ? 200 : 402;
      const headers = Object.fromEntries(response(challenge).headers);
      const result = { status, statusText: '', headers: payment ? {} : headers, data: payment ? '{}' : parsed(challenge.body), config, request: {} };
      if (status < 400) return result;
      throw new axios.AxiosError('402', 'ERR_BAD_REQUEST', config, {}, result);
    },
  });
  wrap(api);
  return verdict(() => api.get(URL), () => sent);
}

/** Axios parses a text that is JSON, whatever its type. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function verdict(run, sent) {
  try {
    await run();
  } catch {
    // Not paid, or failed after that
  }
  try {
    return sent() ? paid(sent()) : 'refuses';
  } catch {
    return 'refuses';
  }
}

const client = () =>
  new x402Client().register('eip155:*', new BuyerScheme(PAYER)).registerV1(NETWORK_V1, new BuyerSchemeV1(PAYER));

export async function challengeVerdicts(challenge) {
  const legacy = await createSigner(NETWORK_V1, KEY);
  return {
    '@x402/fetch': await withFetch((fake) => wrapFetchWithPayment(fake, client()), challenge),
    '@x402/axios': await withAxios((api) => wrapAxiosWithPayment(api, client()), challenge),
    'x402-fetch': await withFetch((fake) => wrapFetchWithPaymentV1(fake, legacy), challenge),
    'x402-axios': await withAxios((api) => withPaymentInterceptor(api, PAYER), challenge),
  };
}

// --- sellers

async function createSeller() {
  const remote = {
    verify,
    settle: async () => ({ success: true, transaction: '0xab', network: NETWORK }),
    getSupported: async () => ({ kinds: [{ x402Version: 2, scheme: 'exact', network: NETWORK }], extensions: [], signers: {} }),
  };
  const server = new x402ResourceServer(remote).register(NETWORK, new SellerScheme());
  const http = new x402HTTPResourceServer(server, {
    'GET /paid': { accepts: { scheme: 'exact', network: NETWORK, price: '$0.05', payTo: PAY_TO, maxTimeoutSeconds: 300 }, resource: URL },
  });
  await http.initialize();
  return http;
}

let seller;

/** As Node joins the values of a header. */
function header(headers, name) {
  const values = headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return values.length > 0 ? values.join(', ') : undefined;
}

async function sellV2(headers) {
  seller ??= await createSeller();
  const adapter = {
    getHeader: (name) => header(headers, name),
    getMethod: () => 'GET',
    getPath: () => '/paid',
    getUrl: () => URL,
    getAcceptHeader: () => '*/*',
    getUserAgent: () => 'corpus',
  };
  const result = await seller.processHTTPRequest({ adapter, path: '/paid', method: 'GET', paymentHeader: header(headers, 'PAYMENT-SIGNATURE') });
  return result.type === 'payment-verified' ? 'sells' : 'refuses';
}

const sellerV1 = paymentMiddleware(
  PAY_TO,
  { 'GET /paid': { price: '$0.05', network: NETWORK_V1, config: { maxTimeoutSeconds: 300, resource: URL } } },
  { url: 'http://facilitator.invalid' },
);

async function sellV1(headers) {
  const { fetch, console } = globalThis;
  globalThis.fetch = async (_, { body }) => {
    const { paymentPayload, paymentRequirements } = JSON.parse(body);
    return new Response(JSON.stringify(await verify(paymentPayload, paymentRequirements)), { status: 200 });
  };
  globalThis.console = { ...console, error: () => {} };
  try {
    return await new Promise((resolve, reject) => {
      const request = {
        path: '/paid',
        method: 'GET',
        protocol: 'https',
        headers: { host: 'shop.example.com' },
        header: (name) => header(headers, name),
      };
      const noop = () => {};
      const res = { status: () => res, json: () => resolve('refuses'), send: () => resolve('refuses') };
      Object.assign(res, { writeHead: noop, write: noop, end: noop, flushHeaders: noop });
      sellerV1(request, res, () => resolve('sells')).catch(reject);
    });
  } catch {
    return 'refuses';
  } finally {
    Object.assign(globalThis, { fetch, console });
  }
}

export async function paymentVerdicts({ headers }) {
  return { '@x402/core': await sellV2(headers), 'x402-express': await sellV1(headers) };
}

// --- a seller's client of a facilitator

export async function answerVerdicts({ operation, status, body }) {
  const { fetch } = globalThis;
  globalThis.fetch = async () => new Response(status === 204 ? null : body, { status });
  try {
    const remote = new HTTPFacilitatorClient({ url: 'http://facilitator.invalid' });
    const payload = { x402Version: 2, accepted: OFFER, payload: {} };
    const result = await remote[operation](payload, OFFER);
    const agreed = operation === 'verify' ? result.isValid : result.success;
    return { '@x402/core': agreed ? 'agrees' : 'refuses' };
  } catch (error) {
    // a refusal that came with an error status keeps its reason, everything else is a fault of the facilitator
    const refusal = operation === 'verify' ? error.name === 'VerifyError' : error.name === 'SettleError';
    return { '@x402/core': refusal ? 'refuses' : 'fails' };
  } finally {
    globalThis.fetch = fetch;
  }
}

// --- facilitators

export async function requestVerdicts({ body }) {
  let message;
  try {
    message = JSON.parse(body);
  } catch {
    return { '@x402/core': 'refuses' };
  }
  if (!message?.paymentPayload || !message?.paymentRequirements) return { '@x402/core': 'refuses' };
  const { isValid } = await verify(message.paymentPayload, message.paymentRequirements);
  return { '@x402/core': isValid ? 'agrees' : 'refuses' };
}

export { NOW, OFFER_V1 };
