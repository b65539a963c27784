// Clients that pay tools, each as its package does it: the published MCP SDK, and x402 v2 of the official packages.
import { withX402Client } from 'agents/x402';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { x402Client } from '@x402/core/client';
import { PaymentRequiredSchema } from '@x402/core/schemas';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { UptoEvmScheme } from '@x402/evm/upto/client';
import { NETWORK_V2 } from './config.mjs';
import { publicClient } from './evm.mjs';

export const PAYMENT = 'x402/payment';
export const RECEIPT = 'x402/payment-response';

/** Connects, and lists the tools: only then does the SDK compare results with output schemas. */
export async function connect(url, transport = new StreamableHTTPClientTransport(new URL(url))) {
  const client = new Client({ name: 'interop', version: '1' });
  await client.connect(transport);
  const { tools } = await client.listTools();
  return { client, tools };
}

export const connectBySse = (url) => connect(url, new SSEClientTransport(new URL(url)));

export const connectToProcess = (parameters) => connect(undefined, new StdioClientTransport(parameters));

/** Cloudflare's own client, which pays by itself what a call asks for. */
export async function buyWithAgents({ client, account, name, args = {}, maxPaymentValue }) {
  const paying = withX402Client(client, { account, network: NETWORK_V2, maxPaymentValue });
  const result = await paying.callTool(null, { name, arguments: args });
  return { result, receipt: result._meta?.[RECEIPT] };
}

/** Signs with the official packages; a view of the chain lets them sign permits. */
export function payer(account) {
  const signer = { ...account, readContract: (args) => publicClient.readContract(args) };
  return new x402Client().register('eip155:*', new ExactEvmScheme(signer)).register('eip155:*', new UptoEvmScheme(signer));
}

function parse(value) {
  const { success, data } = PaymentRequiredSchema.safeParse(value);
  return success ? data : undefined;
}

function parseText(item) {
  try {
    return item?.type === 'text' ? parse(JSON.parse(item.text)) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a result asks for, read as each dialect reads it.
 * official: only of errors, structured content first, then the first text; Cloudflare: only the metadata.
 */
const READERS = {
  official: (result) =>
    result.isError ? (parse(result.structuredContent) ?? parseText(result.content?.[0])) : undefined,
  cloudflare: (result) => result._meta?.['x402/error'],
};

/** How each dialect writes a payment: as an object, or as base64 of it. */
const WRITERS = {
  official: (payment) => payment,
  cloudflare: (payment) => Buffer.from(JSON.stringify(payment)).toString('base64'),
};

/** Calls a tool; if that asks for payment, signs and calls once more. */
export async function buy({ client, signer, dialect, name, args = {} }) {
  const unpaid = await client.callTool({ name, arguments: args });
  const challenge = READERS[dialect](unpaid);
  if (!challenge) return { result: unpaid };
  const payment = await signer.createPaymentPayload(challenge);
  return { challenge, payment, ...(await pay({ client, dialect, name, args, payment })) };
}

/** Calls a tool with a payment. */
export async function pay({ client, dialect = 'official', name, args = {}, payment }) {
  const _meta = { [PAYMENT]: WRITERS[dialect](payment) };
  const result = await client.callTool({ name, arguments: args, _meta });
  return { result, receipt: result._meta?.[RECEIPT], asksAgain: READERS[dialect](result) };
}
