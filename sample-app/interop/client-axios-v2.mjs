// Official buyer @x402/axios, protocol version 2
import { decodePaymentResponseHeader, wrapAxiosWithPayment, x402Client } from '@x402/axios';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import axios from 'axios';
import { runClient } from './client-common.mjs';
import { ACCOUNTS } from './lib/config.mjs';

const account = ACCOUNTS.axiosV2;
const api = wrapAxiosWithPayment(
  axios.create({ proxy: false, responseType: 'text' }),
  new x402Client().register('eip155:*', new ExactEvmScheme(account)),
);

await runClient({
  library: '@x402/axios',
  version: 2,
  account,
  buy: async (request) => {
    const response = await api.request(request);
    const receipt = response.headers['payment-response'];
    return { status: response.status, body: response.data, receipt: receipt && decodePaymentResponseHeader(receipt) };
  },
});
