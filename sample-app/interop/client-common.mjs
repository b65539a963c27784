// What the official buyers share: buy one URL, then check the answer and, on the chain, the money.
//   node client-….mjs URL [BODY]        GET, or POST with a text body; exit code 0 only if everything is right
// CHARGED says how much of the price is to be charged, in atomic units; all of it otherwise. CONTENT is part of what is sold.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { getAddress, parseEventLogs } from 'viem';
import { DIR } from './lib/config.mjs';
import { balanceOf, publicClient, tokenAbi } from './lib/evm.mjs';
import { priceOf, readChallenge, SERVED } from './lib/x402.mjs';

/**
 * @param library npm name of the official buyer
 * @param version the protocol version it speaks
 * @param account who pays
 * @param buy sends a request {url, method, headers, data} and returns {status, body, receipt}, the receipt decoded by the library itself
 */
export async function runClient({ library, version, account, buy }) {
  const [url, data] = process.argv.slice(2);
  if (!url) throw new Error('usage: node client-….mjs URL [BODY]');
  const request =
    data === undefined
      ? { url, method: 'GET', headers: {} }
      : { url, method: 'POST', headers: { 'Content-Type': 'text/plain' }, data };

  const offer = await readOffer(request, version);
  const price = priceOf(offer);
  const charged = BigInt(process.env.CHARGED ?? price);
  const before = await balances(offer, account);
  const { status, body, receipt } = await buy(request);
  const after = await balances(offer, account);

  assert.equal(status, 200, `the buyer got ${status}: ${body}`);
  assert.ok(body.includes(process.env.CONTENT ?? SERVED), 'the paid content is missing');
  if (data !== undefined) assert.ok(body.includes(data), 'the sent body did not come back');
  assert.equal(receipt?.success, true, 'there is no receipt of success');
  assert.equal(receipt.network, offer.network);
  assert.equal(getAddress(receipt.payer), account.address);
  assert.equal(after.payTo - before.payTo, charged, 'what the seller got');
  assert.equal(before.payer - after.payer, charged, 'what the buyer paid');
  assert.deepEqual(await transfersOf(receipt.transaction), [
    { asset: getAddress(offer.asset), from: account.address, to: getAddress(offer.payTo), value: charged },
  ]);

  const { version: release } = JSON.parse(
    readFileSync(path.join(DIR, 'node_modules', library, 'package.json'), 'utf8'),
  );
  const summary = { buyer: `${library}@${release}`, protocol: version, request: `${request.method} ${url}` };
  console.log(JSON.stringify({ ...summary, price: String(price), transaction: receipt.transaction }));
}

async function readOffer({ url, method, headers, data }, version) {
  const response = await fetch(url, { method, body: data, headers });
  const challenge = readChallenge(response.headers, await response.text());
  assert.equal(response.status, 402, 'the answer without payment');
  const offer = challenge[`v${version}`]?.accepts[0];
  assert.ok(offer, `there is no offer of version ${version}`);
  return offer;
}

const balances = async (offer, account) => ({
  payTo: await balanceOf(getAddress(offer.payTo)),
  payer: await balanceOf(account.address),
});

async function transfersOf(hash) {
  const { status, logs } = await publicClient.getTransactionReceipt({ hash });
  assert.equal(status, 'success', 'the transaction of the receipt');
  return parseEventLogs({ abi: tokenAbi, eventName: 'Transfer', logs }).map(({ address, args }) => ({
    asset: getAddress(address),
    from: args.from,
    to: args.to,
    value: args.value,
  }));
}
