// Official buyer x402-fetch, protocol version 1
import { createSigner, decodeXPaymentResponse, wrapFetchWithPayment } from 'x402-fetch';
import { runClient } from './client-common.mjs';
import { ACCOUNTS, NETWORK_V1 } from './lib/config.mjs';

const account = ACCOUNTS.fetchV1;
const payingFetch = wrapFetchWithPayment(fetch, await createSigner(NETWORK_V1, account.privateKey));

await runClient({
  library: 'x402-fetch',
  version: 1,
  account,
  buy: async ({ url, method, headers, data }) => {
    const response = await payingFetch(url, { method, headers, body: data });
    const receipt = response.headers.get('x-payment-response');
    return {
      status: response.status,
      body: await response.text(),
      receipt: receipt && decodeXPaymentResponse(receipt),
    };
  },
});
