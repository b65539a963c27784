// What catalogues and indexes make of the packaged sample. Started by run-discovery.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  checkEndpointSchema,
  checkL2ForOpenAPI,
  discoverOriginSchema,
  getOpenAPI,
  getWarningsForL2,
  getWarningsForL3,
  getWarningsForOpenAPI,
  validatePaymentRequiredDetailed,
} from '@agentcash/discovery';
import {
  extractDiscoveryInfo,
  extractDiscoveryInfoV1,
  validateDiscoveryExtension,
  validateDiscoveryExtensionSpec,
} from '@x402/extensions/bazaar';
import { validate as validateForMpp } from 'mppx/discovery';
import { javaCommand, LIGHT } from './lib/java.mjs';
import { findJar, SAMPLE_URL, STACK_ARGUMENTS } from './lib/lab.mjs';
import { start, stopAll } from './lib/processes.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
// A paid mapping that leaves the list must be missed
const MAPPINGS = 45;
const FREE_CALLS = 10;

const get = (pathname) => fetch(SAMPLE_URL + pathname).then((response) => response.json());
const errorsOf = (warnings) => warnings.filter(({ severity }) => severity === 'error');

/** Asks for a price as an index does: without parameters, body and content type. */
async function probe(pathname, method) {
  const ask = () => fetch(SAMPLE_URL + pathname, { method, headers: { Accept: '*/*' }, redirect: 'manual' });
  let response = await ask();
  for (let free = 0; response.ok && free < FREE_CALLS; free++) response = await ask();
  assert.equal(response.status, 402, `${method} ${pathname}`);
  const header = response.headers.get('PAYMENT-REQUIRED');
  return { v2: JSON.parse(Buffer.from(header, 'base64').toString()), v1: await response.json() };
}

/** What a buyer sends, as far as catalogues read it. */
const payment = (v2, accepted) => ({
  x402Version: 2,
  resource: v2.resource,
  extensions: v2.extensions,
  accepted,
  payload: {},
});

let openApi;
let mappings;

before(async () => {
  await start({
    name: 'discovery-sample',
    command: javaCommand(),
    args: [...LIGHT, '-jar', findJar(), ...STACK_ARGUMENTS],
    env: { SERVER_PORT: process.env.LAB_SAMPLE_PORT, SPRING_PROFILES_ACTIVE: 'lab' },
    ready: () =>
      fetch(`${SAMPLE_URL}/free`).then(
        (response) => response.ok,
        () => false,
      ),
    timeoutMs: 180_000,
  });
  openApi = await get('/openapi.json');
  mappings = Object.entries(openApi.paths).flatMap(([template, operations]) =>
    METHODS.filter((method) => operations[method]).map((method) => ({
      template,
      pathname: template.replaceAll(/\{([^}]*)}/g, '$1'),
      method: method.toUpperCase(),
    })),
  );
});
after(stopAll);

/** Does the same with each mapping and names all that fail. */
async function forEachMapping(action) {
  assert.ok(mappings.length >= MAPPINGS, `there are ${mappings.length} mappings`);
  const failures = [];
  for (const mapping of mappings) {
    try {
      await action(mapping);
    } catch (error) {
      failures.push(`${mapping.method} ${mapping.template}: ${error.message}`);
    }
  }
  assert.deepEqual(failures, []);
}

describe('the paid mappings of the packaged sample', () => {
  test('are catalogued by the reference facilitator', () =>
    forEachMapping(async ({ template, pathname, method }) => {
      const { v2 } = await probe(pathname, method);
      const { bazaar } = v2.extensions;
      assert.deepEqual(validateDiscoveryExtension(bazaar), { valid: true });
      assert.deepEqual(validateDiscoveryExtensionSpec(bazaar), { valid: true });
      for (const accepted of v2.accepts) {
        const listed = extractDiscoveryInfo(payment(v2, accepted), accepted);
        assert.equal(listed.method, method);
        assert.equal(listed.resourceUrl, SAMPLE_URL + template.replaceAll(/\{([^}]*)}/g, ':$1'));
        assert.equal(listed.serviceName, 'x402 sample');
      }
    }));

  test('are catalogued by facilitators of version 1', () =>
    forEachMapping(async ({ pathname, method }) => {
      const { v1 } = await probe(pathname, method);
      if (v1.x402Version !== 1) return; // Permit2, which version 1 cannot pay
      for (const offer of v1.accepts) {
        assert.equal(extractDiscoveryInfoV1(offer)?.input.method, method);
      }
    }));

  test('have challenges that indexes list', () =>
    forEachMapping(async ({ pathname, method }) => {
      const { v2 } = await probe(pathname, method);
      const result = validatePaymentRequiredDetailed(v2, { requireInputSchema: true, requireOutputSchema: true });
      assert.deepEqual(errorsOf(result.issues), []);
      assert.ok(result.valid);
    }));

  test('are found by an index that probes them', () =>
    forEachMapping(async ({ pathname, method }) => {
      const result = await checkEndpointSchema({ url: SAMPLE_URL + pathname, probe: true });
      assert.ok(result.found, result.cause);
      const found = result.advisories.find((advisory) => advisory.method === method);
      assert.ok(found, 'not found by its method');
      assert.equal(found.authMode, 'paid');
      assert.ok(found.paymentOptions.length > 0, 'no payment options');
      assert.ok(found.inputSchema, 'no input schema');
      assert.deepEqual(errorsOf(getWarningsForL3(found)), []);
    }));

  test('show their price whatever method an index probes them with', () =>
    forEachMapping(async ({ pathname }) => {
      const methods = mappings.filter((other) => other.pathname === pathname);
      if (methods.length > 1) return; // the price of another method is not this one's
      for (const method of ['GET', 'POST']) await probe(pathname, method);
    }));
});

describe('the documents of the packaged sample', () => {
  test('list resources that have a price', async () => {
    const { version, resources } = await get('/.well-known/x402');
    assert.equal(version, 1);
    const paths = [...new Set(mappings.map(({ pathname }) => SAMPLE_URL + pathname))];
    assert.deepEqual([...resources].sort(), paths.sort());
  });

  test('are read by x402scan and AgentCash', async () => {
    const source = (await getOpenAPI(SAMPLE_URL))._unsafeUnwrap();
    assert.deepEqual(errorsOf(getWarningsForOpenAPI(source)), []);
    const routes = checkL2ForOpenAPI(source);
    assert.equal(routes.routes.length, mappings.length);
    assert.deepEqual(errorsOf(getWarningsForL2(routes)), []);
    const origin = await discoverOriginSchema({ target: SAMPLE_URL });
    assert.ok(origin.found, origin.message);
    for (const endpoint of origin.endpoints) {
      assert.equal(endpoint.authMode, 'paid', endpoint.path);
      assert.deepEqual(endpoint.protocols, ['x402'], endpoint.path);
      assert.ok(endpoint.price, endpoint.path);
    }
  });

  test('are read by buyers of the Machine Payments Protocol', () => {
    assert.deepEqual(
      validateForMpp(openApi).filter(({ severity }) => severity === 'error'),
      [],
    );
  });
});
