// Official buyer @x402/fetch, protocol version 2. BUYER names its account in lib/config.mjs, fetchV2 by default.
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { UptoEvmScheme } from '@x402/evm/upto/client';
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { runClient } from './client-common.mjs';
import { ACCOUNTS } from './lib/config.mjs';
import { publicClient } from './lib/evm.mjs';

const account = ACCOUNTS[process.env.BUYER ?? 'fetchV2'];
// with a view of the chain it signs a permit where an approval is missing
const signer = { ...account, readContract: (args) => publicClient.readContract(args) };
const client = new x402Client()
  .register('eip155:*', new ExactEvmScheme(signer))
  .register('eip155:*', new UptoEvmScheme(signer));
const payingFetch = wrapFetchWithPayment(fetch, client);

await runClient({
  library: '@x402/fetch',
  version: 2,
  account,
  buy: async ({ url, method, headers, data }) => {
    const response = await payingFetch(url, { method, headers, body: data });
    const receipt = response.headers.get('payment-response');
    return {
      status: response.status,
      body: await response.text(),
      receipt: receipt && decodePaymentResponseHeader(receipt),
    };
  },
});
