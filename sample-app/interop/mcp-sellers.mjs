// MCP servers of others as sellers, in this process: one of the official dialect over the published SDK and packages, and one of
// Cloudflare's package agents.
import { withX402 } from 'agents/x402';
import express from 'express';
import { z } from 'zod';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { HTTPFacilitatorClient, x402ResourceServer } from '@x402/core/server';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import { ACCOUNTS, FACILITATOR_PORT, HOST, NETWORK_V2 } from './lib/config.mjs';
import { PAYMENT, RECEIPT } from './lib/mcp-buyer.mjs';

const FACILITATOR = `http://${HOST}:${FACILITATOR_PORT}`;
const CITY = { city: z.string() };
const servers = [];
let resources;

const forecast = ({ city }) => ({ content: [{ type: 'text', text: `Elsewhere in ${city}: fair` }] });

const asks = (document) => ({
  isError: true,
  structuredContent: document,
  content: [{ type: 'text', text: JSON.stringify(document) }],
});

/** The steps of an official server, from the payment in the metadata to the receipt in those of the result. */
async function official() {
  if (!resources) {
    resources = new x402ResourceServer(new HTTPFacilitatorClient({ url: FACILITATOR }));
    resources.register(NETWORK_V2, new ExactEvmScheme());
    await resources.initialize();
  }
  const accepts = await resources.buildPaymentRequirements({
    scheme: 'exact',
    network: NETWORK_V2,
    payTo: ACCOUNTS.payTo.address,
    price: '$0.05',
  });
  const resource = { url: 'mcp://tool/forecast', description: 'Forecast', mimeType: 'application/json' };
  const required = (error) => asks({ x402Version: 2, error, resource, accepts });
  const server = new McpServer({ name: 'official', version: '1' });
  server.registerTool('forecast', { description: 'Forecast', inputSchema: CITY }, async (args, { _meta }) => {
    const payment = _meta?.[PAYMENT];
    if (typeof payment !== 'object') return required('Payment required to access this tool');
    const offer = resources.findMatchingRequirements(accepts, payment);
    if (!offer) return required('No matching payment requirements found');
    const verified = await resources.verifyPayment(payment, offer);
    if (!verified.isValid) return required(verified.invalidReason);
    const result = forecast(args);
    const settled = await resources.settlePayment(payment, offer);
    return settled.success
      ? { ...result, _meta: { [RECEIPT]: settled } }
      : required(`Payment settlement failed: ${settled.errorReason}`);
  });
  return server;
}

async function cloudflare() {
  const server = withX402(new McpServer({ name: 'cloudflare', version: '1' }), {
    network: NETWORK_V2,
    recipient: ACCOUNTS.payTo.address,
    facilitator: { url: FACILITATOR },
  });
  server.paidTool('forecast', 'Forecast', 0.05, CITY, {}, async (args) => forecast(args));
  return server;
}

/** Serves streamable HTTP without sessions: a server for each request. */
function listen(create) {
  const app = express();
  app.post('/mcp', express.json(), async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    const server = await create();
    response.on('close', () => transport.close());
    await server.connect(transport);
    await transport.handleRequest(request, response, request.body);
  });
  app.all('/mcp', (_, response) => response.sendStatus(405));
  return new Promise((resolve) => {
    const listening = app.listen(0, HOST, () => resolve(`http://${HOST}:${listening.address().port}/mcp`));
    servers.push(listening);
  });
}

export const startToolSellers = async () => ({ official: await listen(official), Cloudflare: await listen(cloudflare) });

export function stopToolSellers() {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}
