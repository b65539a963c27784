// What MCP clients experience at the packaged sample. Started by run-mcp.mjs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { preparedApplication } from './lib/application.mjs';
import { ACCOUNTS, HOST } from './lib/config.mjs';
import { balanceOf } from './lib/evm.mjs';
import { javaCommand } from './lib/java.mjs';
import {
  clearFaults,
  countHandlerRuns,
  SAMPLE_ENV,
  SAMPLE_URL,
  sampleLog,
  setFaults,
  startSample,
  stopLab,
} from './lib/lab.mjs';
import { buy, buyWithAgents, connect, connectBySse, connectToProcess, pay, payer } from './lib/mcp-buyer.mjs';
import * as permit2 from './lib/permit2.mjs';
import { SERVED } from './lib/x402.mjs';
import { startToolSellers, stopToolSellers } from './mcp-sellers.mjs';

const ACCOUNT = ACCOUNTS.fetchV2;
const CITY = { city: 'Lisbon' };
const PATIENCE_MS = 60_000;
const STDIO = ['--spring.ai.mcp.server.stdio=true', '--server.port=0'];
const LIMIT = '--x402.client.limits.max-amount-per-request=0.10';

// a dozen samples start and end soon
const APPLICATION = await preparedApplication();

const payments = [];
const textOf = (result) => JSON.stringify(result.content);
const balances = async () => ({
  seller: await balanceOf(ACCOUNTS.payTo.address),
  buyer: await balanceOf(ACCOUNT.address),
});

let client;
let tools;
let signer;

/** Lets something happen and says how much money moved, from the buyer to the seller, and how often tools ran. */
async function observe(action) {
  const [money, runs] = [await balances(), await countHandlerRuns()];
  const outcome = await action();
  const now = await balances();
  assert.equal(now.seller - money.seller, money.buyer - now.buyer, 'the seller got what the buyer paid');
  if (outcome.payment) payments.push(outcome.payment);
  return { ...outcome, charged: now.seller - money.seller, runs: (await countHandlerRuns()) - runs };
}

const purchase = (name, args = CITY, dialect = 'official') =>
  observe(() => buy({ client, signer, dialect, name, args }));

const sign = async (name, args = CITY) => {
  const unpaid = await client.callTool({ name, arguments: args });
  return signer.createPaymentPayload(JSON.parse(unpaid.content[0].text));
};

describe('the tools of the packaged sample', () => {
  before(async () => {
    ({ client, tools } = await connect(`${SAMPLE_URL}/mcp`));
    signer = payer(ACCOUNT);
    await permit2.prepare(ACCOUNT);
  });
  after(async () => {
    await client.close();
    await stopLab();
  });

  test('are listed with their prices', () => {
    const prices = Object.fromEntries(tools.map(({ name, _meta }) => [name, _meta?.['agents-x402/priceUSD']]));
    assert.deepEqual(prices, {
      free_hello: undefined,
      forecast: 0.05,
      record: 0.01,
      metered: 0.05,
      broken: 0.01,
      refuses: 0.01,
    });
  });

  test('a free tool runs without payment', async () => {
    const { result, challenge, charged } = await purchase('free_hello', {});
    assert.ok(!result.isError);
    assert.equal(challenge, undefined);
    assert.equal(charged, 0n);
  });

  for (const dialect of ['official', 'cloudflare']) {
    for (const [name, price] of [
      ['forecast', 50_000n],
      ['record', 10_000n],
    ]) {
      test(`a client of the ${dialect} dialect buys ${name}`, async () => {
        const { result, receipt, charged, runs } = await purchase(name, CITY, dialect);
        assert.ok(!result.isError, textOf(result));
        assert.match(textOf(result), new RegExp(SERVED));
        assert.equal(receipt.success, true);
        assert.equal(charged, price);
        assert.equal(runs, 1);
        if (name === 'record') assert.equal(result.structuredContent.source, SERVED);
      });
    }
  }

  test('a tool that is metered charges for what was used', async () => {
    const { result, charged } = await purchase('metered', {});
    assert.match(textOf(result), new RegExp(SERVED));
    assert.equal(charged, 20_000n);
  });

  for (const name of ['broken', 'refuses']) {
    test(`${name} runs and costs nothing`, async () => {
      const { result, receipt, asksAgain, charged, runs } = await purchase(name, {});
      assert.equal(result.isError, true);
      assert.equal(receipt, undefined);
      assert.equal(asksAgain, undefined, 'another payment is asked for');
      assert.equal(charged, 0n);
      assert.equal(runs, 1);
    });
  }

  test('strict clients can read the offers of a tool with an output schema', async () => {
    assert.ok(tools.find(({ name }) => name === 'record').outputSchema);
    const unpaid = await client.callTool({ name: 'record', arguments: CITY });
    assert.equal(unpaid.structuredContent, undefined);
    assert.equal(JSON.parse(unpaid.content[0].text).accepts[0].amount, '10000');
  });

  test('the same call with the same payment gets the same result once more', async () => {
    const first = await purchase('forecast');
    const again = await observe(() => pay({ client, name: 'forecast', args: CITY, payment: first.payment }));
    assert.deepEqual(again.result, first.result);
    assert.equal(again.charged, 0n);
    assert.equal(again.runs, 0);
  });

  test('a payment buys no other call', async () => {
    const { payment } = await purchase('forecast');
    for (const [name, args] of [
      ['forecast', { city: 'Porto' }],
      ['record', CITY],
    ]) {
      const other = await observe(() => pay({ client, name, args, payment }));
      assert.equal(other.result.isError, true);
      assert.equal(other.charged, 0n);
      assert.equal(other.runs, 0);
    }
  });

  test('16 simultaneous calls with one payment run the tool once', async () => {
    const payment = await sign('forecast');
    const { answers, charged, runs } = await observe(async () => ({
      payment,
      answers: await Promise.all(
        Array.from({ length: 16 }, () => pay({ client, name: 'forecast', args: CITY, payment })),
      ),
    }));
    const served = answers.filter(({ result }) => !result.isError);
    assert.ok(served.length >= 1);
    assert.equal(new Set(served.map(({ result }) => textOf(result))).size, 1);
    assert.equal(charged, 50_000n);
    assert.equal(runs, 1);
  });

  test('a declined settlement asks again and keeps the content', async () => {
    await setFaults({ settle: 'reject' });
    const { result, receipt, asksAgain, charged } = await purchase('forecast');
    await clearFaults();
    assert.equal(result.isError, true);
    assert.doesNotMatch(textOf(result), new RegExp(SERVED));
    assert.equal(receipt, undefined);
    assert.ok(asksAgain);
    assert.equal(charged, 0n);
  });

  test('a settlement whose outcome is unknown asks for no other payment, and its result can be collected', async () => {
    const args = { city: 'Braga' };
    const outcome = await observe(async () => {
      await setFaults({ settle: 'http500' });
      const first = await buy({ client, signer, dialect: 'official', name: 'forecast', args });
      await clearFaults();
      assert.equal(first.result.isError, true);
      assert.equal(first.asksAgain, undefined);
      assert.doesNotMatch(textOf(first.result), new RegExp(SERVED));
      let later = first;
      for (const end = Date.now() + PATIENCE_MS; later.result.isError && Date.now() < end; ) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        later = await pay({ client, name: 'forecast', args, payment: first.payment });
        assert.equal(later.asksAgain, undefined);
      }
      return { ...later, payment: first.payment };
    });
    assert.match(textOf(outcome.result), new RegExp(SERVED));
    assert.equal(outcome.charged, 50_000n);
    assert.equal(outcome.runs, 1);
  });

  test('a settlement whose response was lost asks for no other payment', async () => {
    await setFaults({ settle: 'lost' });
    const first = await purchase('forecast', { city: 'Faro' });
    await clearFaults();
    const later = await observe(() => pay({ client, name: 'forecast', args: { city: 'Faro' }, payment: first.payment }));
    assert.equal(first.charged, 50_000n, 'the fault should have moved money');
    assert.equal(first.result.isError, true);
    assert.equal(first.asksAgain, undefined);
    assert.equal(later.asksAgain, undefined);
    assert.equal(later.charged, 0n);
    assert.equal(later.runs, 0);
  });

  test('the endpoint never answers 402', async () => {
    const response = await fetch(`${SAMPLE_URL}/mcp`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'forecast', arguments: CITY } }),
    });
    assert.notEqual(response.status, 402);
  });

  test("the client of Cloudflare's package agents buys, with and without output schema, up to its cap", async () => {
    for (const [name, price] of [
      ['forecast', 50_000n],
      ['record', 10_000n],
    ]) {
      const { client: own } = await connect(`${SAMPLE_URL}/mcp`);
      const { result, receipt, charged } = await observe(() =>
        buyWithAgents({ client: own, account: ACCOUNT, name, args: CITY }),
      );
      await own.close();
      assert.match(textOf(result), new RegExp(SERVED));
      assert.equal(receipt.success, true);
      assert.equal(charged, price);
    }
    const { client: poor } = await connect(`${SAMPLE_URL}/mcp`);
    const { result, charged } = await observe(() =>
      buyWithAgents({ client: poor, account: ACCOUNT, name: 'forecast', args: CITY, maxPaymentValue: 49_999n }),
    );
    await poor.close();
    assert.equal(result.isError, true);
    assert.equal(charged, 0n);
  });

  describe('over other transports', () => {
    const sample = (name, portName, connectTo, ...args) => ({
      name,
      connect: async () => {
        const port = process.env[portName];
        await startSample({ name: name.replaceAll(' ', '-'), port, application: APPLICATION, args });
        return connectTo(`http://${HOST}:${port}`);
      },
    });
    const http = (origin) => connect(`${origin}/mcp`);
    const sse = (origin) => connectBySse(`${origin}/sse`);
    const stdio = (name, ...args) => ({
      name,
      connect: () =>
        connectToProcess({
          command: javaCommand(),
          args: [...APPLICATION, ...STDIO, ...args],
          env: { ...process.env, ...SAMPLE_ENV, LOGGING_THRESHOLD_CONSOLE: 'off' },
          stderr: 'ignore',
        }),
    });
    const protocol = (name) => `--spring.ai.mcp.server.protocol=${name}`;
    const ASYNC = '--spring.ai.mcp.server.type=async';
    const servers = [
      sample('stateless', 'LAB_STATELESS_PORT', http, protocol('stateless')),
      sample('SSE', 'LAB_SSE_PORT', sse, protocol('sse')),
      stdio('stdio'),
      sample('asynchronous streamable', 'LAB_ASYNC_PORT', http, ASYNC),
      sample('asynchronous stateless', 'LAB_ASYNC_STATELESS_PORT', http, protocol('stateless'), ASYNC),
      sample('asynchronous SSE', 'LAB_ASYNC_SSE_PORT', sse, protocol('sse'), ASYNC),
      stdio('asynchronous stdio', ASYNC),
    ];
    // two at a time: the start of one leaves a core idle
    const connections = [];
    before(() =>
      servers.forEach(({ connect: begin }, i) => {
        connections[i] = (connections[i - 2] ?? Promise.resolve()).then(begin, begin);
        connections[i].catch(() => {});
      }),
    );
    // a process on standard input and output gets 2 s to end by itself
    after(() => Promise.all(connections.map(async (connection) => (await connection).client.close())));
    servers.forEach((server, i) => {
      test(`clients of all dialects buy over ${server.name}`, async () => {
        const { client: other } = await connections[i];
        for (const dialect of ['official', 'cloudflare']) {
          for (const [name, price] of [
            ['forecast', 50_000n],
            ['record', 10_000n],
          ]) {
            const bought = await observe(() => buy({ client: other, signer, dialect, name, args: CITY }));
            assert.match(textOf(bought.result), new RegExp(SERVED));
            assert.equal(bought.receipt.success, true);
            assert.equal(bought.charged, price);
            const again = await observe(() => pay({ client: other, name, args: CITY, payment: bought.payment }));
            assert.deepEqual(again.result, bought.result);
            assert.equal(again.charged, 0n);
          }
        }
        const agents = await observe(() =>
          buyWithAgents({ client: other, account: ACCOUNT, name: 'forecast', args: CITY }),
        );
        assert.match(textOf(agents.result), new RegExp(SERVED));
        assert.equal(agents.charged, 50_000n);
      });
    });
  });

  describe('the sample as a buyer', () => {
    const java = (...args) =>
      new Promise((resolve) => {
        const env = { ...process.env, X402_CLIENT_PRIVATE_KEY: ACCOUNTS.buyer.privateKey };
        execFile(javaCommand(), [...APPLICATION, ...args], { env, timeout: 120_000 }, (error, stdout) =>
          resolve({ code: error ? error.code : 0, stdout }),
        );
      });
    const spend = async (action) => {
      const [seller, buyer] = [ACCOUNTS.payTo.address, ACCOUNTS.buyer.address];
      const earlier = [await balanceOf(seller), await balanceOf(buyer)];
      const outcome = await action();
      const charged = (await balanceOf(seller)) - earlier[0];
      assert.equal(earlier[1] - (await balanceOf(buyer)), charged);
      return { ...outcome, charged };
    };

    /** Each command ends with 0 only if it has paid. */
    const spendAtOnce = (commands) =>
      spend(async () => ({ purchases: await Promise.all(commands.map((words) => java(...words))) }));

    after(stopToolSellers);

    test('buys from servers of the official dialect and of Cloudflare', async () => {
      const sellers = Object.entries(await startToolSellers());
      const { purchases, charged } = await spendAtOnce(
        sellers.map(([, url]) => ['buy', `mcp+${url}#forecast`, '--json', '--arguments={"city": "Lisbon"}', LIMIT]),
      );
      purchases.forEach(({ code, stdout }, i) => {
        assert.equal(code, 0, `${sellers[i][0]}: ${stdout}`);
        assert.match(stdout, /Elsewhere in Lisbon/);
      });
      assert.equal(charged, 100_000n);
    });

    test('buys from a server that it starts, over stdio', async () => {
      const env = Object.entries({ ...SAMPLE_ENV, LOGGING_THRESHOLD_CONSOLE: 'off' }).map((entry) => entry.join('='));
      const command = ['env', ...env, javaCommand(), ...APPLICATION, ...STDIO];
      const { purchases, charged } = await spendAtOnce(
        ['sync', 'async'].map((type) => [
          'buy',
          'mcp+stdio://shop#forecast',
          `--command=${command.join(' ')} --spring.ai.mcp.server.type=${type}`,
          '--json',
          '--arguments={"city": "Lisbon"}',
          LIMIT,
        ]),
      );
      for (const { code, stdout } of purchases) {
        assert.equal(code, 0, stdout);
        assert.match(stdout, new RegExp(SERVED));
      }
      assert.equal(charged, 100_000n);
    });

    const catalogue = `--x402.client.catalogue-url=http://${HOST}:${process.env.LAB_FACILITATOR_PORT}`;

    test('goes shopping as an agent with a scripted model, and buys what it finds in a catalogue', async () => {
      const { code, stdout, charged } = await spend(() => java('agent', SAMPLE_URL, LIMIT, catalogue));
      assert.equal(code, 0, stdout);
      assert.match(stdout, /Tomorrow in Lisbon/);
      assert.match(stdout, /"payable":true/);
      assert.equal(stdout.match(/^paid .*\/weather$/gm)?.length, 2, stdout);
      assert.equal(charged, 160_000n);
    });

    test('buys nothing that it finds above its limit', async () => {
      const { code, stdout, charged } = await spend(() =>
        java('agent', SAMPLE_URL, '--x402.client.limits.max-amount-per-request=0.04', catalogue),
      );
      assert.equal(code, 0, stdout);
      assert.match(stdout, /"payable":false,"reason":"amount_above_limit"/);
      assert.equal(charged, 10_000n);
    });
  });

  test('payments are not logged', () => {
    assert.ok(payments.length > 5);
    const log = sampleLog();
    assert.match(log, /paid tool forecast/);
    for (const { payload } of payments) {
      assert.ok(!log.includes(payload.signature.slice(2)));
    }
  });
});
