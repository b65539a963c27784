// Addresses, ports and well-known test keys of the lab.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { toHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

export const DIR = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const ARTIFACTS = path.join(DIR, 'artifacts');
export const RUN_DIR = path.join(DIR, 'run');

export const HOST = '127.0.0.1';
export const CHAIN_PORT = Number(process.env.LAB_CHAIN_PORT ?? 18545);
export const FACILITATOR_PORT = Number(process.env.LAB_FACILITATOR_PORT ?? 18402);
export const FACILITATOR_ADMIN_PORT = Number(process.env.LAB_FACILITATOR_ADMIN_PORT ?? FACILITATOR_PORT + 1);
export const RPC_URL = `http://${HOST}:${CHAIN_PORT}`;

// Base Sepolia as buyers and servers know it; the lab's token stands at the address of its USDC.
export const CHAIN_ID = 84532;
export const NETWORK_V2 = `eip155:${CHAIN_ID}`;
export const NETWORK_V1 = 'base-sepolia';
export const USDC = '0x036CbD53842c5426634e7929541eC2318f3dCF7e';

// Environment of a seller whose token is transferred by Permit2.
export const BY_PERMIT2 = {
  X402_ASSETS_0_NETWORK: NETWORK_V1,
  X402_ASSETS_0_SYMBOL: 'USDC',
  X402_ASSETS_0_ADDRESS: USDC,
  X402_ASSETS_0_DECIMALS: '6',
  X402_ASSETS_0_EIP712NAME: 'USDC',
  X402_ASSETS_0_EIP712VERSION: '2',
  X402_ASSETS_0_TRANSFERMETHOD: 'permit2',
};

// The x402 Permit2 proxies and a contract wallet, at the addresses where the official packages expect them.
export const EXACT_PROXY = '0x402085c248EeA27D92E8b30b2C58ed07f9E20001';
export const UPTO_PROXY = '0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002';
export const WALLET1271 = '0x1271127112711271127112711271127112711271';
export const TWO_OWNER_WALLET = '0x1271127112711271127112711271127112711272';
export const WALLET_FACTORY = '0x6492000000000000000000000000000000000001';
export const MULTICALL = '0xcA11bde05977b3631167028862bE2a173976CA11';

// The public development mnemonic of hardhat and anvil. The whole world knows these keys: never use them for real money.
export const MNEMONIC = 'test test test test test test test test test test test junk';

function account(addressIndex) {
  const derived = mnemonicToAccount(MNEMONIC, { addressIndex });
  return { ...derived, privateKey: toHex(derived.getHdKey().privateKey) };
}

export const ACCOUNTS = {
  minter: account(0),
  payTo: account(1),
  facilitator: account(2),
  fetchV2: account(6),
  axiosV2: account(7),
  fetchV1: account(8),
  axiosV1: account(9),
  buyer: account(10),
  poor: account(11),
  stranger: account(12),
  settler: account(13),
  permit2Settler: account(14),
  attacker: account(15),
  delegated: account(16),
};
