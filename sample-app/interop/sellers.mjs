// The official servers as sellers, in this process: @x402/express (v2), x402-express (v1), and mppx, which takes v2 beside the
// Machine Payments Protocol, or that protocol only.
import { randomBytes } from 'node:crypto';
import express from 'express';
import { x402Facilitator } from '@x402/core/facilitator';
import { ExactEvmScheme as ExactFacilitator } from '@x402/evm/exact/facilitator';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import { UptoEvmScheme as UptoFacilitator } from '@x402/evm/upto/facilitator';
import { UptoEvmScheme } from '@x402/evm/upto/server';
import { paymentMiddleware, setSettlementOverrides, x402ResourceServer } from '@x402/express';
import { evm, Mppx } from 'mppx/express';
import { parseAbi } from 'viem';
import { paymentMiddleware as paymentMiddlewareV1 } from 'x402-express';
import { ACCOUNTS, FACILITATOR_PORT, HOST, NETWORK_V1, NETWORK_V2, USDC } from './lib/config.mjs';
import { publicClient, walletClient } from './lib/evm.mjs';

const servers = [];

/** An official facilitator without HTTP. It has an account of its own, so that nobody else takes its nonces. */
function facilitator() {
  const wallet = walletClient(ACCOUNTS.stranger);
  const signer = {
    getAddresses: () => [ACCOUNTS.stranger.address],
    // payments by use may be simulated by the account that settles them only
    readContract: (args) => publicClient.readContract({ account: ACCOUNTS.stranger, ...args }),
    verifyTypedData: (args) => publicClient.verifyTypedData(args),
    getCode: (args) => publicClient.getCode(args),
    writeContract: (args) => wallet.writeContract(args),
    sendTransaction: (args) => wallet.sendTransaction(args),
    waitForTransactionReceipt: (args) => publicClient.waitForTransactionReceipt(args),
  };
  const official = new x402Facilitator()
    .register(NETWORK_V2, new ExactFacilitator(signer))
    .register(NETWORK_V2, new UptoFacilitator(signer));
  return {
    verify: (payload, requirements) => official.verify(payload, requirements),
    settle: (payload, requirements) => official.settle(payload, requirements),
    getSupported: async () => official.getSupported(),
  };
}

function listen(app) {
  return new Promise((resolve) => {
    const server = app.listen(0, HOST, () => resolve(`http://${HOST}:${server.address().port}`));
    servers.push(server);
  });
}

function handlers(app) {
  app.use(express.text({ type: '*/*' }));
  for (const path of ['/exact', '/permit2']) app.get(path, (_, response) => response.send(`sold ${path}`));
  app.post('/exact', (request, response) => response.send(`sold ${request.body}`));
  app.get('/upto', (_, response) => {
    setSettlementOverrides(response, { amount: '12.5%' });
    response.send('sold /upto');
  });
  app.get('/free', (_, response) => response.send('free'));
  return app;
}

function startV2(official) {
  const common = { network: NETWORK_V2, payTo: ACCOUNTS.payTo.address };
  const permit2 = {
    amount: '30000',
    asset: USDC,
    extra: { name: 'USDC', version: '2', assetTransferMethod: 'permit2' },
  };
  const app = express();
  app.use(
    paymentMiddleware(
      {
        'GET /exact': { accepts: { ...common, scheme: 'exact', price: '$0.05' }, description: 'Something' },
        'POST /exact': { accepts: { ...common, scheme: 'exact', price: '$0.01' }, description: 'An echo' },
        'GET /permit2': { accepts: { ...common, scheme: 'exact', price: permit2 }, description: 'By Permit2' },
        'GET /upto': { accepts: { ...common, scheme: 'upto', price: '$0.08' }, description: 'By use' },
      },
      new x402ResourceServer(official)
        .register(NETWORK_V2, new ExactEvmScheme())
        .register(NETWORK_V2, new UptoEvmScheme()),
    ),
  );
  return listen(handlers(app));
}

function startV1(official) {
  const app = express();
  app.use(
    paymentMiddlewareV1(
      ACCOUNTS.payTo.address,
      {
        'GET /exact': { price: '$0.05', network: NETWORK_V1 },
        'POST /exact': { price: '$0.01', network: NETWORK_V1 },
      },
      official,
    ),
  );
  return listen(handlers(app));
}

/** Settles through the facilitator of the lab, as a seller of version 1 does. */
function startMachine() {
  const { charge } = Mppx.create({
    methods: [
      evm.charge({
        currency: evm.assets.baseSepolia.USDC,
        recipient: ACCOUNTS.payTo.address,
        x402: { facilitator: `http://${HOST}:${FACILITATOR_PORT}` },
      }),
    ],
    secretKey: randomBytes(32).toString('base64'),
  });
  const app = express();
  app.get('/exact', charge({ amount: '0.05' }), (_, response) => response.json({ sold: '/exact' }));
  return listen(app);
}

/** Speaks the Machine Payments Protocol only, and settles by itself. */
function startMachineOnly() {
  const wallet = walletClient(ACCOUNTS.stranger);
  const settle = async ({ payload }) => {
    const { from, to, value, validAfter, validBefore, nonce, signature } = payload;
    const hash = await wallet.writeContract({
      address: USDC,
      abi: parseAbi([
        'function transferWithAuthorization(address, address, uint256, uint256, uint256, bytes32, bytes)',
      ]),
      functionName: 'transferWithAuthorization',
      args: [from, to, BigInt(value), BigInt(validAfter), BigInt(validBefore), nonce, signature],
    });
    const receipt = await publicClient.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new Error('the transfer reverted');
    return { reference: hash };
  };
  const { charge } = Mppx.create({
    methods: [evm.charge({ currency: evm.assets.baseSepolia.USDC, recipient: ACCOUNTS.payTo.address, settle })],
    secretKey: randomBytes(32).toString('base64'),
  });
  const app = express();
  app.use((_, response, next) => {
    const { setHeader } = response;
    response.setHeader = (name, value) =>
      /^payment-required$/i.test(name) ? response : setHeader.call(response, name, value);
    next();
  });
  app.get('/machine', charge({ amount: '0.05' }), (_, response) => response.json({ sold: '/machine' }));
  app.post('/machine', charge({ amount: '0.01' }), (_, response) => response.json({ sold: 'a post' }));
  return listen(app);
}

/**
 * Starts the sellers.
 * @param v1 where and how the one of version 1 settles
 * @param v2 the same of version 2
 */
export async function startSellers({ v1 = { url: `http://${HOST}:${FACILITATOR_PORT}` }, v2 = facilitator() } = {}) {
  return { v1: await startV1(v1), v2: await startV2(v2), machine: await startMachine(), machineOnly: await startMachineOnly() };
}

export function stopSellers() {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
}
