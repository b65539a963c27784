// A local EVM chain with the lab's contracts and money:    node chain.mjs    (LAB_CHAIN_PORT)
// Prints one line of JSON when it can be used, and takes anvil along when it ends.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { hashDomain } from 'viem';
import * as config from './lib/config.mjs';
import { domainSeparator, mint, publicClient, testClient } from './lib/evm.mjs';

const { ACCOUNTS, ARTIFACTS, CHAIN_ID, CHAIN_PORT, HOST, MNEMONIC, RPC_URL, USDC } = config;

/** The npm package has the binary for Linux on x86-64; elsewhere anvil has to be on the PATH. */
function findAnvil() {
  try {
    const manifest = createRequire(import.meta.url).resolve('@foundry-rs/anvil-linux-amd64/package.json');
    return path.join(path.dirname(manifest), 'bin', 'anvil');
  } catch {
    return 'anvil';
  }
}

const anvil = spawn(
  findAnvil(),
  ['--host', HOST, '--port', CHAIN_PORT, '--chain-id', CHAIN_ID, '--mnemonic', MNEMONIC, '--accounts', 20, '--silent'],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
let stopping = false;
anvil.on('error', (error) => fail(`anvil cannot be started: ${error.message}`));
anvil.on('exit', (code) => (stopping ? process.exit(0) : fail(`anvil ended with ${code}`)));
process.on('exit', killAnvil);
process.on('SIGTERM', killAnvil);
process.on('SIGINT', killAnvil);

/** There is no state that anvil would have to save. */
function killAnvil() {
  stopping = true;
  anvil.kill('SIGKILL');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

async function waitForAnvil() {
  for (let attempt = 0; attempt < 400; attempt++) {
    try {
      return await publicClient.getChainId();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  return fail('anvil does not answer');
}

async function place(name, address) {
  const file = path.join(ARTIFACTS, `${name}.json`);
  if (!existsSync(file)) fail(`${name} is not compiled: run node build-contracts.mjs first`);
  await testClient.setCode({ address, bytecode: JSON.parse(readFileSync(file, 'utf8')).runtime });
}

/** Buyers sign for the domain of USDC on Base Sepolia; a token that computes another one would refuse them all. */
async function checkDomain() {
  const field = (name, type) => ({ name, type });
  const expected = hashDomain({
    domain: { name: 'USDC', version: '2', chainId: CHAIN_ID, verifyingContract: USDC },
    types: {
      EIP712Domain: [
        field('name', 'string'),
        field('version', 'string'),
        field('chainId', 'uint256'),
        field('verifyingContract', 'address'),
      ],
    },
  });
  if ((await domainSeparator()) !== expected) fail('the token has another EIP-712 domain than USDC');
}

await waitForAnvil();
await place('LabUSDC', USDC);
await place('Lab1271Wallet', config.WALLET1271);
await place('LabTwoOwnerWallet', config.TWO_OWNER_WALLET);
await place('LabWalletFactory', config.WALLET_FACTORY);
await place('LabMulticall3', config.MULTICALL);
await place('LabExactPermit2Proxy', config.EXACT_PROXY);
await place('LabUptoPermit2Proxy', config.UPTO_PROXY);
await checkDomain();

const usdc = (amount) => BigInt(amount) * 1_000_000n;
for (const role of ['fetchV2', 'axiosV2', 'fetchV1', 'axiosV1', 'buyer'])
  await mint(ACCOUNTS[role].address, usdc(1000));
for (const wallet of [config.WALLET1271, config.TWO_OWNER_WALLET]) await mint(wallet, usdc(1000));

console.log(JSON.stringify({ ready: true, rpc: RPC_URL, chainId: CHAIN_ID, usdc: USDC }));
