// The cases of the corpus: systematic mutations of messages that are right, and what was met in the wild. Always the same.
import { keccak256, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { NOW } from './clock.mjs';

export const PAYER = privateKeyToAccount(`0x${'7'.repeat(64)}`);
export const PAY_TO = '0x209693Bc6afc0C5328bA36FaF03C514EF312287C';
export const USDC = '0x036CbD53842c5426634e7929541eC2318f3dCF7e';
export const NETWORK = 'eip155:84532';
export const NETWORK_V1 = 'base-sepolia';
export const URL = 'https://shop.example.com/paid';
const DOMAIN = { name: 'USDC', version: '2' };
const JSON_TYPE = 'application/json';

export const OFFER = {
  scheme: 'exact',
  network: NETWORK,
  amount: '50000',
  asset: USDC,
  payTo: PAY_TO,
  maxTimeoutSeconds: 300,
  extra: DOMAIN,
};
export const OFFER_V1 = {
  scheme: 'exact',
  network: NETWORK_V1,
  maxAmountRequired: '50000',
  resource: URL,
  description: '',
  mimeType: '',
  payTo: PAY_TO,
  maxTimeoutSeconds: 300,
  asset: USDC,
  extra: DOMAIN,
};

const base64 = (text) => Buffer.from(text, 'utf8').toString('base64');
// not structuredClone, which would keep what two members share
const copy = (value) => JSON.parse(JSON.stringify(value));
/** The smallest schema whose JSON is so deep. */
const nested = (depth) => JSON.parse('{"properties":'.repeat(depth) + '{}' + '}'.repeat(depth));

/** A text that stands for JSON as it is written, where JSON.stringify would write something else. */
const RAW = (json) => `@raw@${json}@`;
const write = (value) => JSON.stringify(value).replace(/"@raw@(.*?)@"/g, (_, json) => JSON.parse(`"${json}"`));

/** The document with another value at a path; undefined removes the member. */
function changed(document, path, value) {
  const result = copy(document);
  const names = path.split('.');
  const last = names.pop();
  const parent = names.reduce((object, name) => object[name], result);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return result;
}

/** Values that a member may have instead of its own. */
const OTHERS = {
  missing: undefined,
  null: null,
  'a number': 1,
  'a text': 'text',
  'an empty text': '',
  true: true,
  'an array': [],
  'an object': {},
};

function* mutations(document, paths) {
  for (const path of paths) {
    for (const [name, value] of Object.entries(OTHERS)) yield [`${path} is ${name}`, changed(document, path, value)];
  }
}

// --- challenges: what a seller answers an unpaid request with

function challenge(name, { header, headers = [], body = '{}', type = JSON_TYPE }) {
  const all = header === undefined ? headers : [['PAYMENT-REQUIRED', header], ...headers];
  return { name, headers: [['Content-Type', type], ...all], body };
}

export function challenges() {
  const v2 = { x402Version: 2, error: 'Payment required', resource: { url: URL, description: '', mimeType: '' }, accepts: [OFFER] };
  const v1 = { x402Version: 1, error: 'X-PAYMENT header is required', accepts: [OFFER_V1] };
  const inHeader = (name, document) => challenge(`header: ${name}`, { header: base64(write(document)) });
  const inBody = (name, document) => challenge(`body: ${name}`, { body: write(document), type: JSON_TYPE });
  const cases = [inHeader('as it should be', v2), inBody('as it should be', v1)];

  const members = ['x402Version', 'error', 'resource', 'accepts'];
  const offers = Object.keys(OFFER).map((name) => `accepts.0.${name}`);
  for (const [name, document] of mutations(v2, [...members, ...offers, 'accepts.0'])) cases.push(inHeader(name, document));
  const offersV1 = Object.keys(OFFER_V1).map((name) => `accepts.0.${name}`);
  for (const [name, document] of mutations(v1, ['x402Version', 'error', 'accepts', ...offersV1, 'accepts.0'])) {
    cases.push(inBody(name, document));
  }

  const written = (path, json) => [`${path} is written ${json}`, path, RAW(JSON.stringify(json).slice(1, -1))];
  for (const [name, path, value] of [
    written('accepts.0.maxTimeoutSeconds', '300.0'),
    written('accepts.0.maxTimeoutSeconds', '3e2'),
    written('accepts.0.maxTimeoutSeconds', '300.5'),
    written('accepts.0.maxTimeoutSeconds', '-300'),
    written('accepts.0.maxTimeoutSeconds', '0'),
    written('accepts.0.maxTimeoutSeconds', '99999999999'),
    written('accepts.0.maxTimeoutSeconds', '"300"'),
    written('x402Version', '2.0'),
    written('x402Version', '2e0'),
    written('accepts.0.amount', '50000'),
    written('accepts.0.amount', '50000.0'),
    written('accepts.0.amount', '"050000"'),
    written('accepts.0.amount', '"0xc350"'),
    written('accepts.0.amount', '" 50000"'),
    written('accepts.0.amount', '"5e4"'),
    written('accepts.0.amount', '"-50000"'),
    written('accepts.0.amount', '"0"'),
    written('accepts.0.amount', '"50000000"'),
    written('accepts.0.amount', `"1${'0'.repeat(78)}"`),
    written('accepts.0.amount', '"\u0665\u0660"'),
    written('accepts.0.network', '"base-sepolia"'),
    written('accepts.0.network', '"EIP155:84532"'),
    written('accepts.0.network', '"eip155:084532"'),
    written('accepts.0.network', '"eip155:1337"'),
    written('accepts.0.scheme', '"Exact"'),
    written('accepts.0.scheme', '"unheard-of"'),
    written('accepts.0.asset', `"${USDC.toLowerCase()}"`),
    written('accepts.0.asset', '"0x1111111111111111111111111111111111111111"'),
    written('accepts.0.asset', '"USDC"'),
    written('accepts.0.payTo', `"${PAY_TO.toLowerCase()}"`),
    written('accepts.0.payTo', `"${PAY_TO.toUpperCase().replace('0X', '0x')}"`),
    written('accepts.0.payTo', '"0x0000000000000000000000000000000000000000"'),
    written('accepts.0.payTo', '"0x209693Bc6afc0C5328bA36FaF03C514EF312287c"'),
    written('accepts.0.payTo', '"0x209693"'),
    written('accepts.0.extra', '{"name":"USDC"}'),
    written('accepts.0.extra', '{"version":"2"}'),
    written('accepts.0.extra', '{"name":"Another","version":"2"}'),
    written('accepts.0.extra', '{"name":"USDC","version":"1"}'),
    written('accepts.0.extra', '{"name":"USDC","version":2}'),
    written('accepts.0.extra', '{"name":"USDC","version":"2","assetTransferMethod":"eip3009"}'),
    written('accepts.0.extra', '{"name":"USDC","version":"2","assetTransferMethod":null}'),
    written('accepts.0.extra', '{"name":"USDC","version":"2","assetTransferMethod":"unheard-of"}'),
    written('accepts.0.extra', '{"name":"USDC","version":"2","paymentFlow":"authorization"}'),
    written('accepts.0.extra', '{"name":"USDC","version":"2","paymentFlow":"upfront"}'),
    written('accepts.0.extra', '{"name":"USDC","version":"2","paymentFlow":"unheard-of"}'),
    written('accepts.0.extra', '{"name":"USDC","version":"2","unknown":[null,{"a":1}]}'),
    written('resource', `"${URL}"`),
    written('resource', `{"url":"${URL}","description":null,"mimeType":null}`),
    written('resource', `{"url":"${URL}","description":"x","tags":["a","b"],"iconUrl":"https://a.test/i.png"}`),
    written('extensions', 'null'),
    written('extensions', '[]'),
    written('extensions', '"bazaar"'),
    written('unknown', '{"a":[1,2,{"b":null}]}'),
    written('accepts.0.unknown', '{"a":[1,2,{"b":null}]}'),
  ]) {
    cases.push(inHeader(name, changed(v2, path, value)));
    const pathV1 = path.replace('.amount', '.maxAmountRequired');
    if (path !== 'resource' && path !== 'extensions' && !name.includes('2.0') && !name.includes('2e0')) {
      cases.push(inBody(name.replace('.amount', '.maxAmountRequired'), changed(v1, pathV1, value)));
    }
  }
  cases.push(inBody('x402Version is written 1.0', changed(v1, 'x402Version', RAW('1.0'))));

  const second = { ...OFFER, amount: '40000' };
  const dear = { ...OFFER, amount: '60000' };
  const solana = { ...OFFER, network: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1' };
  for (const [name, accepts] of Object.entries({
    'no offers': [],
    'a text before the offer': ['exact', OFFER],
    'null before the offer': [null, OFFER],
    'an array before the offer': [[], OFFER],
    'an offer without members before the offer': [{}, OFFER],
    'an offer of another network before the offer': [solana, OFFER],
    'an offer of an unknown scheme before the offer': [{ ...OFFER, scheme: 'unheard-of' }, OFFER],
    'a dearer offer after the offer': [OFFER, dear],
    'a cheaper offer after the offer': [OFFER, second],
    'the same offer twice': [OFFER, OFFER],
    'another network only': [solana],
    'an offer by permit2 after the offer': [OFFER, { ...OFFER, extra: { ...DOMAIN, assetTransferMethod: 'permit2' } }],
    'an upfront offer before the offer': [{ ...OFFER, extra: { ...DOMAIN, paymentFlow: 'upfront' } }, OFFER],
  })) {
    cases.push(inHeader(`offers: ${name}`, { ...v2, accepts }));
    const v1Accepts = accepts.map((offer) =>
      offer?.amount
        ? { ...OFFER_V1, maxAmountRequired: offer.amount, scheme: offer.scheme, extra: offer.extra, network: offer === solana ? 'solana-devnet' : NETWORK_V1 }
        : offer,
    );
    cases.push(inBody(`offers: ${name}`, { ...v1, accepts: v1Accepts }));
  }
  for (const depth of [8, 13, 14, 15, 16, 17, 24, 40, 56]) {
    const bazaar = { bazaar: { info: {}, schema: nested(depth) } };
    cases.push(inHeader(`schema of an extension, ${depth} levels`, { ...v2, extensions: bazaar }));
    cases.push(inBody(`schema of the output, ${depth} levels`, changed(v1, 'accepts.0.outputSchema', nested(depth))));
  }

  const good = base64(JSON.stringify(v2));
  const bodyV1 = JSON.stringify(v1);
  const texts = {
    'without padding': good.replace(/=+$/, ''),
    'with more padding': `${good.replace(/=+$/, '')}====`,
    'in the URL alphabet': good.replaceAll('+', '-').replaceAll('/', '_'),
    'with a blank inside': `${good.slice(0, 40)} ${good.slice(40)}`,
    'with a comma inside': `${good.slice(0, 40)},${good.slice(40)}`,
    'twice, joined with a comma': `${good}, ${good}`,
    'as JSON': JSON.stringify(v2),
    cut: good.slice(0, 80),
    empty: '',
    junk: '!!!!',
    'of JSON with a byte order mark': base64(`\uFEFF${JSON.stringify(v2)}`),
    'of JSON with blanks around': base64(` \n${JSON.stringify(v2, null, 2)}\n `),
    'of JSON with a second document': base64(JSON.stringify(v2) + JSON.stringify(v2)),
    'of JSON with a trailing comma': base64(JSON.stringify(v2).replace(/}$/, ',}')),
    'of a duplicate member': base64(JSON.stringify(v2).replace('{', '{"accepts":[],')),
    'of an array': base64(JSON.stringify([v2])),
    'of a text': base64(JSON.stringify('x')),
    'of null': base64('null'),
    'of UTF-16': Buffer.from(JSON.stringify(v2), 'utf16le').toString('base64'),
    'of Latin-1': Buffer.from(JSON.stringify({ ...v2, error: 'für' }), 'latin1').toString('base64'),
    'of a text in Unicode': base64(JSON.stringify({ ...v2, error: 'für Zürich \u{1F600}' })),
    'of a v1 document': base64(bodyV1),
  };
  for (const [name, header] of Object.entries(texts)) {
    cases.push(challenge(`encoding: ${name}`, { header }));
    cases.push(challenge(`encoding: ${name}, beside a v1 body`, { header, body: bodyV1 }));
  }
  for (const [name, body] of Object.entries({
    empty: '',
    HTML: '<html>402</html>',
    'JSON null': 'null',
    'a JSON array': `[${bodyV1}]`,
    'a duplicate member': bodyV1.replace('{', '{"accepts":[],'),
    'a byte order mark': `\uFEFF${bodyV1}`,
    'a second document': bodyV1 + bodyV1,
    'a v2 document': JSON.stringify(v2),
  })) {
    cases.push(challenge(`body is ${name}`, { body, type: name === 'HTML' ? 'text/html' : JSON_TYPE }));
  }
  cases.push(challenge('v1 body as text', { body: bodyV1, type: 'text/plain' }));
  cases.push(challenge('v2 header beside a v1 body', { header: good, body: bodyV1 }));
  return cases;
}

// --- payments: what a buyer sends

const TYPES = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
};

const nonceOf = (name) => keccak256(toHex(name));

/** A payment that is signed for what it says. */
async function signed(nonce, changes = {}) {
  const authorization = {
    from: PAYER.address,
    to: PAY_TO,
    value: '50000',
    validAfter: '0',
    validBefore: String(NOW + 200),
    nonce,
    ...changes,
  };
  const signature = await PAYER.signTypedData({
    domain: { ...DOMAIN, chainId: 84532, verifyingContract: USDC },
    types: TYPES,
    primaryType: 'TransferWithAuthorization',
    message: authorization,
  });
  return { signature, authorization };
}

export async function payments() {
  const cases = [];
  const header = (version) => (version === 2 ? 'PAYMENT-SIGNATURE' : 'X-PAYMENT');
  const add = (version, name, value) => {
    cases.push({ name: `v${version}: ${name}`, headers: [[header(version), value]] });
  };
  const v2 = (payload) => ({ x402Version: 2, resource: { url: URL, description: '', mimeType: '' }, accepted: OFFER, payload });
  const v1 = (payload) => ({ x402Version: 1, scheme: 'exact', network: NETWORK_V1, payload });
  /** The same change to a payment of either version, with a nonce of its own. */
  const both = async (name, changes, change) => {
    add(2, name, base64(write(change(v2(await signed(nonceOf(`v2 ${name}`), changes))))));
    add(1, name, base64(write(change(v1(await signed(nonceOf(`v1 ${name}`), changes))))));
  };
  const same = (payment) => payment;
  await both('as it should be', {}, same);

  const paths = ['x402Version', 'payload', 'payload.signature', 'payload.authorization'];
  for (const name of ['from', 'to', 'value', 'validAfter', 'validBefore', 'nonce']) paths.push(`payload.authorization.${name}`);
  for (const path of paths) {
    for (const [name, value] of Object.entries(OTHERS)) {
      await both(`${path} is ${name}`, {}, (payment) => changed(payment, path, value));
    }
  }
  for (const path of ['resource', 'accepted', 'extensions', ...Object.keys(OFFER).map((name) => `accepted.${name}`)]) {
    for (const [other, value] of Object.entries(OTHERS)) {
      const name = `${path} is ${other}`;
      add(2, name, base64(write(changed(v2(await signed(nonceOf(`v2 ${name}`))), path, value))));
    }
  }
  for (const path of ['scheme', 'network']) {
    for (const [other, value] of Object.entries(OTHERS)) {
      const name = `${path} is ${other}`;
      add(1, name, base64(write(changed(v1(await signed(nonceOf(`v1 ${name}`))), path, value))));
    }
  }

  const number = (text) => RAW(text);
  for (const [path, json] of [
    ['payload.authorization.value', '50000'],
    ['payload.authorization.value', '50000.0'],
    ['payload.authorization.value', '5e4'],
    ['payload.authorization.value', '50000.5'],
    ['payload.authorization.value', '-50000'],
    ['payload.authorization.validAfter', '0'],
    ['payload.authorization.validAfter', '-0'],
    ['payload.authorization.validBefore', `${NOW + 200}`],
    ['payload.authorization.validBefore', `${NOW + 200}.0`],
    ['payload.authorization.validBefore', '1.8000002e9'],
    ['payload.authorization.validBefore', `${NOW + 200}.5`],
    ['x402Version', '1'],
    ['x402Version', '2'],
    ['x402Version', '3'],
  ]) {
    await both(`${path} is written ${json}`, {}, (payment) => changed(payment, path, number(json)));
  }
  await both('x402Version has a fraction of zeros', {}, (payment) =>
    changed(payment, 'x402Version', number(`${payment.x402Version}.0`)),
  );
  await both('all integers are numbers', {}, (payment) => {
    let result = payment;
    for (const name of ['value', 'validAfter', 'validBefore']) {
      const path = `payload.authorization.${name}`;
      result = changed(result, path, number(payment.payload.authorization[name]));
    }
    return result;
  });
  for (const [path, json] of [
    ['accepted.amount', '50000'],
    ['accepted.amount', '"050000"'],
    ['accepted.amount', '"40000"'],
    ['accepted.maxTimeoutSeconds', '300.0'],
    ['accepted.maxTimeoutSeconds', '3e2'],
    ['accepted.maxTimeoutSeconds', '60'],
    ['accepted.maxTimeoutSeconds', '"300"'],
    ['accepted.extra', '{"name":"USDC","version":"2","more":[1,{"a":null}]}'],
    ['accepted.extra', '{"name":"USDC"}'],
    ['accepted.extra', '{"name":"USDC","version":2}'],
    ['accepted.extra', '{"name":"usdc","version":"2"}'],
    ['accepted.asset', `"${USDC.toLowerCase()}"`],
    ['accepted.payTo', `"${PAY_TO.toLowerCase()}"`],
    ['accepted.network', '"base-sepolia"'],
    ['accepted.network', '"eip155:8453"'],
    ['accepted.scheme', '"upto"'],
    ['accepted.unknown', 'null'],
    ['accepted.unknown', '1'],
    ['unknown', '{"a":1}'],
    ['payload.unknown', '{"a":1}'],
    ['payload.authorization.unknown', '{"a":1}'],
    ['resource', `"${URL}"`],
    ['resource', '{"url":"https://elsewhere.example.com/"}'],
    ['extensions', '{"unknown":{"info":{}}}'],
  ]) {
    const name = `${path} is written ${json}`;
    const payment = v2(await signed(nonceOf(`v2 ${name}`)));
    add(2, name, base64(write(changed(payment, path, RAW(JSON.stringify(json).slice(1, -1))))));
  }
  for (const [name, changes] of Object.entries({
    'signed for more': { value: '50001' },
    'signed for less': { value: '49999' },
    'signed for nothing': { value: '0' },
    'signed for another recipient': { to: '0x1111111111111111111111111111111111111111' },
    'expired': { validBefore: String(NOW - 1) },
    'about to expire': { validBefore: String(NOW + 3) },
    'valid for six seconds': { validBefore: String(NOW + 6) },
    'not valid yet': { validAfter: String(NOW + 60) },
    'valid from now': { validAfter: String(NOW) },
    'valid for a week': { validBefore: String(NOW + 7 * 86400) },
    'payer in lower case': { from: PAYER.address.toLowerCase() },
    'recipient in lower case': { to: PAY_TO.toLowerCase() },
  })) {
    await both(name, changes, same);
  }
  const spelled = (value) => (payment) => changed(payment, 'payload.authorization.value', value);
  for (const value of ['050000', ' 50000', '50000 ', '+50000', '0xc350', '5e4', '50000.0', '50_000', '\u0665\u0660\u0660\u0660\u0660']) {
    await both(`value is spelled ${JSON.stringify(value)}`, {}, spelled(value));
  }
  for (const [name, change] of Object.entries({
    'in upper case': (text) => `0x${text.slice(2).toUpperCase()}`,
    'without prefix': (text) => text.slice(2),
    'of 64 bytes': (text) => text.slice(0, -2),
    'of 66 bytes': (text) => `${text}00`,
    'of an odd number of digits': (text) => `${text}0`,
    'of another nonce': (text) => text.replace(/^0x./, (start) => (start === '0x1' ? '0x2' : '0x1')),
    'with v of 0 or 1': (text) => text.slice(0, -2) + (text.endsWith('1b') ? '00' : '01'),
    'empty': () => '0x',
    'of zeros': () => `0x${'00'.repeat(65)}`,
    'of junk, 66 bytes': () => `0x${'11'.repeat(66)}`,
    'not hexadecimal': () => `0x${'zz'.repeat(65)}`,
    'of a wallet not deployed, cut': () => `0x${'11'.repeat(65)}${'6492'.repeat(16)}`,
  })) {
    await both(`signature ${name}`, {}, (payment) => changed(payment, 'payload.signature', change(payment.payload.signature)));
  }
  await both('nonce in upper case', {}, (payment) =>
    changed(payment, 'payload.authorization.nonce', `0x${payment.payload.authorization.nonce.slice(2).toUpperCase()}`),
  );
  await both('nonce of 31 bytes', {}, (payment) =>
    changed(payment, 'payload.authorization.nonce', payment.payload.authorization.nonce.slice(0, -2)),
  );
  for (const depth of [8, 11, 12, 13, 20, 40]) {
    const name = `schema of an extension, ${depth} levels`;
    const payment = v2(await signed(nonceOf(`v2 ${name}`)));
    add(2, name, base64(JSON.stringify({ ...payment, extensions: { bazaar: { info: {}, schema: nested(depth) } } })));
  }
  for (const version of [2, 1]) {
    const make = async (name) => (version === 2 ? v2 : v1)(await signed(nonceOf(`v${version} ${name}`)));
    for (const [name, encode] of Object.entries({
      'without padding': (json) => base64(json).replace(/=+$/, ''),
      'in the URL alphabet': (json) => base64(json.replace('{', '{"x":"\u00FF\u00FE>>>???",')).replaceAll('+', '-').replaceAll('/', '_'),
      'with a blank inside': (json) => `${base64(json).slice(0, 40)} ${base64(json).slice(40)}`,
      'with trailing bits': (json) => base64(`${json}${' '.repeat((4 - (json.length % 3)) % 3)}`).replace(/([AQgw])==$/, (_, c) => `${String.fromCharCode(c.charCodeAt(0) + 1)}==`),
      'as JSON': (json) => json,
      'of blanks around': (json) => base64(` \n${json}\n`),
      'of a byte order mark': (json) => base64(`\uFEFF${json}`),
      'of a second document': (json) => base64(json + json),
      'of a trailing comma': (json) => base64(json.replace(/}$/, ',}')),
      'of a duplicate member': (json) => base64(json.replace('{', '{"payload":{},')),
      'of an escaped duplicate': (json) => base64(json.replace('{', '{"\\u0070ayload":{},')),
      'of an array': (json) => base64(`[${json}]`),
      'of a text': () => base64('"x"'),
      'of null': () => base64('null'),
      'of Latin-1': (json) => Buffer.from(json.replace('{', '{"x":"ü",'), 'latin1').toString('base64'),
      'of Unicode': (json) => base64(json.replace('{', '{"x":"ü\u{1F600}",')),
      'of a lone surrogate': (json) => base64(json.replace('{', '{"x":"\\ud800",')),
      'of a long number': (json) => base64(json.replace('{', `{"x":${'1'.repeat(60)},`)),
      'of 3,000 elements': (json) => base64(json.replace('{', `{"x":[${'1,'.repeat(2999)}1],`)),
      junk: () => '!!!!',
    })) {
      const value = encode(JSON.stringify(await make(name)));
      if (!/[^\x20-\x7e]/.test(value)) add(version, `encoding ${name}`, value);
    }
  }
  const one = base64(JSON.stringify(v2(await signed(nonceOf('in both headers')))));
  const other = base64(JSON.stringify(v1(await signed(nonceOf('in both headers')))));
  cases.push({ name: 'the same payment in both headers', headers: [['PAYMENT-SIGNATURE', one], ['X-PAYMENT', other]] });
  const third = base64(JSON.stringify(v2(await signed(nonceOf('twice')))));
  cases.push({ name: 'the same header twice', headers: [['PAYMENT-SIGNATURE', third], ['PAYMENT-SIGNATURE', third]] });
  const fourth = base64(JSON.stringify(v2(await signed(nonceOf('v2 in the v1 header')))));
  cases.push({ name: 'a v2 payment in the v1 header', headers: [['X-PAYMENT', fourth]] });
  const fifth = base64(JSON.stringify(v1(await signed(nonceOf('v1 in the v2 header')))));
  cases.push({ name: 'a v1 payment in the v2 header', headers: [['PAYMENT-SIGNATURE', fifth]] });
  return cases;
}

// --- answers: what a facilitator says to a seller

export function answers() {
  const cases = [];
  const valid = { isValid: true, payer: PAYER.address };
  const settled = { success: true, transaction: `0x${'ab'.repeat(32)}`, network: NETWORK, payer: PAYER.address };
  const add = (operation, name, body, status = 200) => cases.push({ name: `${operation}: ${name}`, operation, status, body });
  for (const [operation, document, more] of [
    ['verify', valid, ['invalidReason', 'invalidMessage', 'extensions', 'extra']],
    ['settle', settled, ['errorReason', 'errorMessage', 'amount', 'extensions', 'extra']],
  ]) {
    add(operation, 'as it should be', JSON.stringify(document));
    for (const [name, changedDocument] of mutations(document, [...Object.keys(document), ...more])) {
      add(operation, name, write(changedDocument));
    }
    const json = JSON.stringify(document);
    for (const [name, body] of Object.entries({
      empty: '',
      HTML: '<html></html>',
      null: 'null',
      'an array': `[${json}]`,
      'a duplicate member': json.replace('{', '{"payer":"0x00",'),
      'a second document': json + json,
      'blanks around': `\n ${json} \n`,
      'a byte order mark': `\uFEFF${json}`,
      'an unknown member': json.replace('{', '{"unknown":[1,{"a":null}],'),
      'a deep unknown member': json.replace('{', `{"unknown":${JSON.stringify(nested(40))},`),
      'a long number': json.replace('{', `{"unknown":${'1'.repeat(60)},`),
    })) {
      add(operation, `body with ${name}`, body);
    }
    for (const status of [201, 202, 204, 400, 401, 402, 403, 404, 409, 412, 429, 500, 502, 503]) {
      add(operation, `success with status ${status}`, status === 204 ? '' : json, status);
    }
  }
  for (const status of [200, 400, 402, 403, 412, 429, 500, 503]) {
    const reason = 'invalid_exact_evm_payload_signature';
    add('verify', `refusal with status ${status}`, JSON.stringify({ isValid: false, invalidReason: reason }), status);
    add('verify', `refusal with nulls and status ${status}`, JSON.stringify({ isValid: false, invalidReason: null, payer: null }), status);
    const failure = { success: false, errorReason: 'insufficient_funds', transaction: '', network: NETWORK };
    add('settle', `refusal with status ${status}`, JSON.stringify(failure), status);
    add('settle', `refusal with nulls and status ${status}`, JSON.stringify({ ...failure, errorReason: null, payer: null }), status);
    add('settle', `fault of the node with status ${status}`, JSON.stringify({ ...failure, errorReason: 'settle_exact_node_failure' }), status);
    add('settle', `error without protocol with status ${status}`, JSON.stringify({ error: 'x' }), status);
    add('verify', `error without protocol with status ${status}`, JSON.stringify({ error: 'x' }), status);
  }
  for (const [name, change] of Object.entries({
    'another network': { network: 'eip155:8453' },
    'the v1 name of the network': { network: NETWORK_V1 },
    'an empty transaction': { transaction: '' },
    'a short transaction': { transaction: '0xab' },
    'another payer': { payer: PAY_TO },
    'payer in lower case': { payer: PAYER.address.toLowerCase() },
    'the amount': { amount: '50000' },
    'a smaller amount': { amount: '49999' },
    'a larger amount': { amount: '50001' },
    'the amount as a number': { amount: 50000 },
  })) {
    add('settle', `success with ${name}`, JSON.stringify({ ...settled, ...change }));
  }
  return cases;
}

// --- requests: what a seller asks a facilitator

export async function requests() {
  const cases = [];
  const add = (name, document) => cases.push({ name, body: typeof document === 'string' ? document : write(document) });
  const v2 = async (name) => ({
    x402Version: 2,
    paymentPayload: { x402Version: 2, accepted: OFFER, payload: await signed(nonceOf(`request ${name}`)) },
    paymentRequirements: OFFER,
  });
  const v1 = async (name) => ({
    x402Version: 1,
    paymentPayload: { x402Version: 1, scheme: 'exact', network: NETWORK_V1, payload: await signed(nonceOf(`request ${name}`)) },
    paymentRequirements: OFFER_V1,
  });
  for (const [version, make, offer] of [
    ['v2', v2, OFFER],
    ['v1', v1, OFFER_V1],
  ]) {
    const document = await make(version);
    add(`${version}: as it should be`, document);
    const paths = ['x402Version', 'paymentPayload', 'paymentRequirements', 'paymentPayload.payload', 'paymentPayload.x402Version'];
    for (const member of Object.keys(offer)) paths.push(`paymentRequirements.${member}`);
    for (const member of Object.keys(document.paymentPayload.payload.authorization)) {
      paths.push(`paymentPayload.payload.authorization.${member}`);
    }
    if (version === 'v2') for (const member of Object.keys(offer)) paths.push(`paymentPayload.accepted.${member}`);
    for (const [name, changedDocument] of mutations(document, paths)) add(`${version}: ${name}`, changedDocument);
    for (const [path, json] of [
      ['paymentRequirements.maxTimeoutSeconds', '300.0'],
      ['paymentRequirements.maxTimeoutSeconds', '300.5'],
      [`paymentRequirements.${version === 'v2' ? 'amount' : 'maxAmountRequired'}`, '50000'],
      [`paymentRequirements.${version === 'v2' ? 'amount' : 'maxAmountRequired'}`, '50000.0'],
      ['paymentPayload.payload.authorization.validBefore', `${NOW + 200}`],
      ['paymentPayload.payload.authorization.value', '50000'],
      ['paymentPayload.payload.authorization.value', '"49999"'],
      ['unknown', '{"a":[null]}'],
      ['paymentPayload.unknown', '1'],
      ['paymentRequirements.unknown', '1'],
      ['paymentPayload.extensions', 'null'],
      ['paymentPayload.resource', 'null'],
      ['paymentPayload.resource', `"${URL}"`],
    ]) {
      add(`${version}: ${path} is written ${json}`, changed(document, path, RAW(JSON.stringify(json).slice(1, -1))));
    }
    const json = JSON.stringify(document);
    add(`${version}: a duplicate member`, json.replace('{', '{"paymentPayload":{},'));
    add(`${version}: blanks around`, ` ${json}\n`);
    add(`${version}: a second document`, json + json);
    add(`${version}: an array`, `[${json}]`);
    for (const depth of [8, 12, 13, 17, 30, 50]) {
      add(
        `${version}: schema of an extension, ${depth} levels`,
        changed(document, 'paymentPayload.extensions', { bazaar: { info: {}, schema: nested(depth) } }),
      );
    }
  }
  add('empty', '');
  add('null', 'null');
  add('an empty object', '{}');
  return cases;
}
