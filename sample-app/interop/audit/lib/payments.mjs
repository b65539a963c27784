// Payments as they stand in headers, of both protocol versions and of EIP-3009 and Permit2.
import { randomBytes } from 'node:crypto';
import { CHAIN_ID, EXACT_PROXY, UPTO_PROXY } from '../../lib/config.mjs';

const PERMIT2 = '0x000000000022D473030F116dDEE9F6B43aC78BA3';

/** What tells a payload from all others on the chain: its nonce, 64 hexadecimal digits. */
export function keyOf(payload) {
  const nonce = payload?.authorization?.nonce ?? payload?.permit2Authorization?.nonce;
  return nonce === undefined ? undefined : BigInt(nonce).toString(16).padStart(64, '0');
}

export function readPayment(header) {
  try {
    const { payload, accepted } = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
    const amount =
      payload?.authorization?.value ?? payload?.permit2Authorization?.permitted?.amount ?? accepted?.amount;
    return { key: keyOf(payload), maximum: BigInt(amount), signature: payload?.signature };
  } catch {
    return undefined;
  }
}

/** Signs a Permit2 payment for an offer of scheme exact or upto; undefined if the offer wants something else. */
export async function signPermit2({ resource, offer, account }) {
  if (offer.extra?.assetTransferMethod !== 'permit2') return undefined;
  const upto = offer.scheme === 'upto';
  const witness = {
    to: offer.payTo,
    ...(upto && { facilitator: offer.extra.facilitatorAddress }),
    validAfter: '0',
  };
  const permit2Authorization = {
    from: account.address,
    permitted: { token: offer.asset, amount: offer.amount },
    spender: upto ? UPTO_PROXY : EXACT_PROXY,
    nonce: BigInt(`0x${randomBytes(32).toString('hex')}`).toString(),
    deadline: String(Math.floor(Date.now() / 1000) + offer.maxTimeoutSeconds),
    witness,
  };
  const { from, ...message } = permit2Authorization;
  const signature = await account.signTypedData({
    domain: { name: 'Permit2', chainId: CHAIN_ID, verifyingContract: PERMIT2 },
    types: {
      PermitWitnessTransferFrom: [
        { name: 'permitted', type: 'TokenPermissions' },
        { name: 'spender', type: 'address' },
        { name: 'nonce', type: 'uint256' },
        { name: 'deadline', type: 'uint256' },
        { name: 'witness', type: 'Witness' },
      ],
      TokenPermissions: [
        { name: 'token', type: 'address' },
        { name: 'amount', type: 'uint256' },
      ],
      Witness: [
        { name: 'to', type: 'address' },
        ...(upto ? [{ name: 'facilitator', type: 'address' }] : []),
        { name: 'validAfter', type: 'uint256' },
      ],
    },
    primaryType: 'PermitWitnessTransferFrom',
    message,
  });
  const payload = { signature, permit2Authorization };
  const header = Buffer.from(JSON.stringify({ x402Version: 2, resource, accepted: offer, payload })).toString('base64');
  return { payload, headers: { 'PAYMENT-SIGNATURE': header } };
}
