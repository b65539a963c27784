// The Machine Payments Protocol read and written without its SDK, so that a credential can be changed before it is sent.
import { randomBytes } from 'node:crypto';
import { keccak256, stringToBytes } from 'viem';
import { CHAIN_ID } from './config.mjs';

export const SECRET = randomBytes(24).toString('base64');

export const encode = (value) => Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
export const decode = (text) => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));

/** The first challenge of a 402 response, its parameters as they are on the wire. */
export function readWireChallenge(headers) {
  const value = headers.get('www-authenticate');
  const parameters = [...value.slice('Payment '.length).matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(parameters.map(([, name, text]) => [name, text.replaceAll(/\\(.)/g, '$1')]));
}

/** Signs the authorization that a challenge asks for. */
export async function signCredential({ challenge, account }) {
  const { amount, currency, recipient } = decode(challenge.request);
  const authorization = {
    from: account.address,
    to: recipient,
    value: amount,
    validAfter: '0',
    validBefore: String(Math.floor(Date.parse(challenge.expires) / 1000)),
    nonce: keccak256(stringToBytes(challenge.id + challenge.realm)),
  };
  const signature = await account.signTypedData({
    domain: { name: 'USDC', version: '2', chainId: CHAIN_ID, verifyingContract: currency },
    types: {
      TransferWithAuthorization: [
        { name: 'from', type: 'address' },
        { name: 'to', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'validAfter', type: 'uint256' },
        { name: 'validBefore', type: 'uint256' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'TransferWithAuthorization',
    message: authorization,
  });
  return {
    challenge: { ...challenge },
    payload: { type: 'authorization', signature, ...authorization },
    source: `did:pkh:eip155:${CHAIN_ID}:${account.address}`,
  };
}
