// The protocol read and written without any SDK, so that a fault of an SDK cannot hide a fault of the server.
import { randomBytes } from 'node:crypto';
import { CHAIN_ID } from './config.mjs';

/** Every successful paid answer of the sample contains this text. */
export const SERVED = 'x402-lab-served';

const encode = (value) => Buffer.from(JSON.stringify(value), 'utf8').toString('base64');
const decode = (text) => JSON.parse(Buffer.from(text, 'base64').toString('utf8'));

function parseOrUndefined(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a 402 offers: `v2` from the header, `v1` from the body, each undefined if it is not offered. */
export function readChallenge(headers, body) {
  const header = headers.get('payment-required');
  const document = parseOrUndefined(body);
  return {
    v2: header ? decode(header) : undefined,
    v1: document?.x402Version === 1 && Array.isArray(document.accepts) ? document : undefined,
  };
}

/** The receipt of an answer, of either protocol version, or undefined. */
export function readReceipt(headers) {
  const header = headers.get('payment-response') ?? headers.get('x-payment-response');
  return header ? decode(header) : undefined;
}

export const priceOf = (offer) => BigInt(offer.amount ?? offer.maxAmountRequired);

/**
 * Signs one EIP-3009 payment for the first offer of a challenge.
 * @param version 1 or 2, the protocol version
 * @param changes fields of the authorization that shall differ from the offer
 * @param signer who signs, if not the payer
 * @returns the authorization, the signature and the request headers that carry them
 */
export async function signPayment({ challenge, version = 2, account, changes = {}, signer = account }) {
  const { resource, accepts } = version === 1 ? challenge.v1 : challenge.v2;
  const [offer] = accepts;
  const now = Math.floor(Date.now() / 1000);
  const authorization = {
    from: account.address,
    to: offer.payTo,
    value: String(priceOf(offer)),
    validAfter: version === 1 ? String(now - 600) : '0',
    validBefore: String(now + offer.maxTimeoutSeconds),
    nonce: `0x${randomBytes(32).toString('hex')}`,
    ...changes,
  };
  const signature = await signer.signTypedData({
    domain: { name: offer.extra.name, version: offer.extra.version, chainId: CHAIN_ID, verifyingContract: offer.asset },
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
  const payload = { signature, authorization };
  const headers =
    version === 1
      ? { 'X-PAYMENT': encode({ x402Version: 1, scheme: offer.scheme, network: offer.network, payload }) }
      : { 'PAYMENT-SIGNATURE': encode({ x402Version: 2, resource, accepted: offer, payload }) };
  return { authorization, signature, headers };
}
