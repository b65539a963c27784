// Official buyer @x402/fetch, protocol version 2
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { UptoEvmScheme } from '@x402/evm/upto/client';
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { runClient } from './client-common.mjs';
import { ACCOUNTS } from './lib/config.mjs';

const account = ACCOUNTS.fetchV2;
const client = new x402Client()
  .register('eip155:*', new ExactEvmScheme(account))
  .register('eip155:*', new UptoEvmScheme(account));
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
