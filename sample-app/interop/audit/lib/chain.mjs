// What the chain says about payments, and a chain that stands still for a while.
import { getAbiItem } from 'viem';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNTS, USDC } from '../../lib/config.mjs';
import { publicClient, testClient, tokenAbi } from '../../lib/evm.mjs';

/** Every transfer to the seller since a block, with the payment that it settles: its nonce is in the call. */
export async function charges(fromBlock, keys) {
  const logs = await publicClient.getLogs({
    address: USDC,
    event: getAbiItem({ abi: tokenAbi, name: 'Transfer' }),
    args: { to: ACCOUNTS.payTo.address },
    fromBlock,
  });
  const known = new Set(keys);
  return Promise.all(
    logs.map(async ({ transactionHash, args }) => {
      const { input } = await publicClient.getTransaction({ hash: transactionHash });
      const words = new Set();
      // words of a call begin after the selector; those of an inner call may begin anywhere
      for (let i = 2; i + 64 <= input.length; i += 2) {
        const word = input.slice(i, i + 64).toLowerCase();
        if (known.has(word)) words.add(word);
      }
      return { transaction: transactionHash, amount: args.value, payer: args.from, payments: [...words] };
    }),
  );
}

export async function stall(ms) {
  await testClient.setAutomine(false);
  await sleep(ms);
  await testClient.setAutomine(true);
  await testClient.mine({ blocks: 1 });
}
