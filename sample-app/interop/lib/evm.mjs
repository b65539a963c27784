// Reads and writes on the lab chain.
import { createPublicClient, createTestClient, createWalletClient, defineChain, http, parseAbi } from 'viem';
import { ACCOUNTS, CHAIN_ID, RPC_URL, USDC } from './config.mjs';

const chain = defineChain({
  id: CHAIN_ID,
  name: 'Lab Base Sepolia',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [RPC_URL] } },
});
const options = {
  chain,
  transport: http(RPC_URL, { retryCount: 0, timeout: 30_000 }),
  pollingInterval: 20,
  cacheTime: 0,
};

/** Reads once more what a busy chain did not answer; nothing is written twice. */
export const publicClient = createPublicClient({ ...options, transport: http(RPC_URL, { retryCount: 3, timeout: 30_000 }) });
export const testClient = createTestClient({ ...options, mode: 'anvil' });
export const walletClient = (account) => createWalletClient({ ...options, account });

export const tokenAbi = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function authorizationState(address, bytes32) view returns (bool)',
  'function DOMAIN_SEPARATOR() view returns (bytes32)',
  'function mint(address, uint256)',
  'function transfer(address, uint256) returns (bool)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
]);

const readToken = (functionName, args, blockNumber) =>
  publicClient.readContract({ address: USDC, abi: tokenAbi, functionName, args, blockNumber });

export const balanceOf = (address, blockNumber) => readToken('balanceOf', [address], blockNumber);
export const authorizationUsed = (address, nonce, blockNumber) =>
  readToken('authorizationState', [address, nonce], blockNumber);
export const domainSeparator = () => readToken('DOMAIN_SEPARATOR');

export async function mint(address, value) {
  const hash = await walletClient(ACCOUNTS.minter).writeContract({
    address: USDC,
    abi: tokenAbi,
    functionName: 'mint',
    args: [address, value],
  });
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  if (receipt.status !== 'success') throw new Error(`mint to ${address} reverted`);
}

/** Sends money as a wallet does, and returns the hash of the transaction. */
export async function transfer(account, token, to, value) {
  const hash = await walletClient(account).writeContract({
    address: token,
    abi: tokenAbi,
    functionName: 'transfer',
    args: [to, value],
  });
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  if (receipt.status !== 'success') throw new Error(`the transfer to ${to} reverted`);
  return hash;
}
