// Buyers with every kind of wallet. Each is a payer with what signs for it, as signPayment takes them.
import { concat, encodeAbiParameters, encodeFunctionData, parseAbi } from 'viem';
import { ACCOUNTS, TWO_OWNER_WALLET, WALLET1271, WALLET_FACTORY } from './config.mjs';
import { mint, publicClient, testClient, walletClient } from './evm.mjs';

const MAGIC = `0x${'6492'.repeat(16)}`;
const MONEY = 1_000_000_000n;

const factory = {
  address: WALLET_FACTORY,
  abi: parseAbi(['function create(address) returns (address)', 'function addressOf(address) view returns (address)']),
};

const owner = ACCOUNTS.settler;

/** Each owner signs; what a wallet takes is made of their signatures. */
const signedBy = (owners, make = concat) => ({
  signTypedData: async (data) => make(await Promise.all(owners.map((account) => account.signTypedData(data)))),
});

/** A wallet that its factory has not created yet (ERC-6492), of an owner that has no other one. */
async function notDeployed(of) {
  const address = await publicClient.readContract({ ...factory, functionName: 'addressOf', args: [of.address] });
  await mint(address, MONEY);
  const create = encodeFunctionData({ abi: factory.abi, functionName: 'create', args: [of.address] });
  const types = [{ type: 'address' }, { type: 'bytes' }, { type: 'bytes' }];
  const wrap = ([signature]) => concat([encodeAbiParameters(types, [factory.address, create, signature]), MAGIC]);
  return { account: { address }, signer: signedBy([of], wrap) };
}

/** An account whose key has delegated to the code of a contract wallet (EIP-7702), whose owner signs from then on. */
async function delegated(account) {
  await testClient.setBalance({ address: account.address, value: 10n ** 18n });
  const wallet = walletClient(account);
  const authorization = await wallet.signAuthorization({ contractAddress: WALLET1271, executor: 'self' });
  const hash = await wallet.sendTransaction({
    to: ACCOUNTS.stranger.address,
    authorizationList: [authorization],
    gas: 100_000n,
  });
  await publicClient.waitForTransactionReceipt({ hash });
  const code = await publicClient.getCode({ address: account.address });
  if (!code?.startsWith('0xef0100')) throw new Error('the account is not delegated');
  await mint(account.address, MONEY);
  return { account, signer: signedBy([owner]) };
}

/** Wallets by kind; prepared when they are asked for, since they need the chain. */
export const WALLETS = {
  'an account': async () => ({ account: ACCOUNTS.buyer }),
  'a contract wallet with 65 bytes (ERC-1271)': async () => ({
    account: { address: WALLET1271 },
    signer: signedBy([owner]),
  }),
  'a contract wallet with a longer signature (ERC-1271)': async () => ({
    account: { address: TWO_OWNER_WALLET },
    signer: signedBy([owner, ACCOUNTS.stranger]),
  }),
  'a wallet not yet deployed (ERC-6492)': (of) => notDeployed(of),
  'a delegated account (EIP-7702)': () => delegated(ACCOUNTS.delegated),
};
