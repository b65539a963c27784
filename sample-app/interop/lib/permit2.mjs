// Permit2, which the lab's chain does not have from the beginning.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAbi } from 'viem';
import { ARTIFACTS, USDC } from './config.mjs';
import { publicClient, testClient, walletClient } from './evm.mjs';

const PERMIT2 = '0x000000000022D473030F116dDEE9F6B43aC78BA3';
const PLENTY = 1_000_000n;

/** Puts the lab's stand-in for Permit2 at its address, and gives the approval that every user of Permit2 gives once. */
export async function prepare(account) {
  const { runtime } = JSON.parse(readFileSync(path.join(ARTIFACTS, 'LabPermit2.json'), 'utf8'));
  await testClient.setCode({ address: PERMIT2, bytecode: runtime });
  const hash = await walletClient(account).writeContract({
    address: USDC,
    abi: parseAbi(['function approve(address, uint256) returns (bool)']),
    functionName: 'approve',
    args: [PERMIT2, PLENTY],
  });
  await publicClient.waitForTransactionReceipt({ hash });
}
