// Official buyer x402-axios, protocol version 1
import axios from 'axios';
import { createSigner, decodeXPaymentResponse, withPaymentInterceptor } from 'x402-axios';
import { runClient } from './client-common.mjs';
import { ACCOUNTS, NETWORK_V1 } from './lib/config.mjs';

const account = ACCOUNTS.axiosV1;
const api = withPaymentInterceptor(axios.create({ proxy: false }), await createSigner(NETWORK_V1, account.privateKey));

// the library reads the offers from the parsed body, so JSON has to stay parsed until here
const asText = (data) => (typeof data === 'string' ? data : JSON.stringify(data));

await runClient({
  library: 'x402-axios',
  version: 1,
  account,
  buy: async (request) => {
    const response = await api.request(request);
    const receipt = response.headers['x-payment-response'];
    return {
      status: response.status,
      body: asText(response.data),
      receipt: receipt && decodeXPaymentResponse(receipt),
    };
  },
});
