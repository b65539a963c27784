// What a person sees who starts the packaged sample and clicks: offline, with the simulated facilitator. Started by
// run-pages.mjs. SHOP_URL: a sample that runs already.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { accessibilityFaults, openBrowser } from './lib/browser.mjs';
import { HOST, RUN_DIR } from './lib/config.mjs';
import { javaCommand, LIGHT } from './lib/java.mjs';
import { findJar } from './lib/lab.mjs';
import { start } from './lib/processes.mjs';

const SHOP_URL = process.env.SHOP_URL ?? `http://${HOST}:${process.env.SHOP_PORT}`;
const SHOTS = path.join(RUN_DIR, 'pages');

// what the button says, the end of the story, what it costs, and what the ledger says about it, newest first
const SCENES = [
  ['Pay twice', 'byte for byte', 0.05, ['REDELIVERED', 'SETTLED', 'VERIFIED']],
  ['The handler fails', 'nothing was charged', 0, ['ABANDONED', 'VERIFIED']],
  ['Wrong amount', 'no handler ran', 0, []],
  ['Empty wallet', 'the wallet is empty', 0, []],
  ['Facilitator down while settling', 'Nothing was lost', 0.05, ['REDELIVERED', 'SETTLED', 'PENDING', 'VERIFIED']],
  ['Stream', 'one by one', 0.01, ['SETTLED', 'VERIFIED']],
  ['Metered', 'charged for 24 words', 0.012, ['SETTLED', 'VERIFIED']],
  ['Transactional order', 'rolled back', 0.2, ['DECLINED', 'VERIFIED', 'SETTLED', 'VERIFIED']],
  ['Pass', 'the pass is used up', 0.03, ['SETTLED', 'VERIFIED']],
  ['Credits', 'four answers', 0.02, ['SETTLED', 'VERIFIED']],
];

const GOODS = [
  ['Weather', 0.05], ['Report as PDF', 0.1], ['Report as CSV', 0.1], ['A picture', 0.02], ['A download', 0.02], ['An answer', 0.01],
  ['An essay', 0.012], ['An echo', 0.01], ['An order', 0.2], ['A pass', 0.03], ['The tide', 0.002],
];

let browser;
let shop;

async function openShop(options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const faults = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(SHOP_URL);
  await page.waitForSelector('[data-scene=ready]');
  return { context, page, faults };
}

async function click(page, button) {
  await button.click();
  await page.waitForSelector('[data-scene=ended]');
  return page.textContent('#note');
}

const spent = async (page) => Number((await page.textContent('#spent')).replace('$', ''));
const newestEntry = async (page) => (await ledger(page))[0]?.id;

async function ledger(page) {
  const [data] = await page.evaluate(async () => {
    const response = await fetch('ledger');
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('\n\n')) text += (await reader.read()).value;
    await reader.cancel();
    return text.split('\n\n');
  });
  return JSON.parse(data.slice('data:'.length));
}

/** Events that were written after an entry. The feed may be a moment old, so it is read until there are enough. */
async function eventsAfter(page, entry, wanted) {
  for (let attempts = 10; ; attempts--) {
    const rows = await ledger(page);
    const place = rows.findIndex(({ id }) => id === entry);
    const events = rows.slice(0, place < 0 ? rows.length : place).map(({ event }) => event);
    if (events.length >= wanted || !attempts) return events;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe('the shop window of the packaged sample', () => {
  before(async () => {
    mkdirSync(SHOTS, { recursive: true });
    browser = await openBrowser();
    if (process.env.SHOP_URL) return;
    shop = await start({
      name: 'shop',
      command: javaCommand(),
      args: [...LIGHT, '-jar', findJar()],
      env: { SERVER_PORT: process.env.SHOP_PORT },
      ready: () => fetch(SHOP_URL).then((response) => response.ok, () => false),
      timeoutMs: 180_000,
    });
  });
  after(async () => {
    await browser?.close();
    shop?.kill();
  });

  test('each scene ends as its button promises, and the ledger moves beside it', async () => {
    const { context, page, faults } = await openShop();
    for (const [title, end, cost, events] of SCENES) {
      const earlier = [await spent(page), await newestEntry(page)];
      assert.match(await click(page, page.getByRole('button', { name: title, exact: true })), new RegExp(end), title);
      assert.equal(Math.round(((await spent(page)) - earlier[0]) * 1e6), Math.round(cost * 1e6), `cost of ${title}`);
      assert.deepEqual(await eventsAfter(page, earlier[1], events.length), events, `ledger of ${title}`);
      // without a reload, and without a click
      await page.waitForFunction((wanted) => wanted.every((event, place) =>
        document.querySelectorAll('#ledger li strong')[place].textContent === event), events);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });

  test('each good can be bought once', async () => {
    const { context, page, faults } = await openShop();
    for (const [name, price] of GOODS) {
      const earlier = await spent(page);
      const button = page.getByRole('button', { name: new RegExp(`^Buy ${name} for`) });
      assert.match(await click(page, button), /Paid and served/, name);
      assert.equal(Math.round(((await spent(page)) - earlier) * 1e6), Math.round(price * 1e6), `price of ${name}`);
    }
    assert.match(await click(page, page.getByRole('button', { name: /^Buy A broken telescope/ })), /nothing was charged/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test('the picture is shown, the document opens, and the source can be read', async () => {
    const { context, page, faults } = await openShop();
    await click(page, page.getByRole('button', { name: /^Buy A picture/ }));
    await page.waitForFunction(() => document.querySelector('img.bought')?.naturalWidth > 0);
    await click(page, page.getByRole('button', { name: /^Buy Report as PDF/ }));
    const document = await page.evaluate(async () => {
      const response = await fetch(window.document.querySelector('a.open').href);
      return [response.status, response.headers.get('Content-Type'), (await response.text()).slice(0, 5)];
    });
    assert.deepEqual(document, [200, 'application/pdf', '%PDF-']);
    for (const address of await page.getByRole('link', { name: /^Source of/ }).evaluateAll((links) => links.map(({ href }) => href))) {
      assert.match(await (await fetch(address)).text(), /@PaymentRequired/, address);
    }
    await page.getByRole('link', { name: 'Console of the seller' }).click();
    await page.waitForSelector('[data-x402=shown]');
    assert.match(await page.textContent('#revenue'), /USDC/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  for (const width of [1280, 390]) {
    for (const colorScheme of ['light', 'dark']) {
      test(`it can be read at ${width} pixels in ${colorScheme} mode`, async () => {
        const { context, page, faults } = await openShop({ colorScheme, viewport: { width, height: 844 } });
        await click(page, page.getByRole('button', { name: 'Credits', exact: true }));
        await page.screenshot({ path: path.join(SHOTS, `shop-${width}-${colorScheme}.png`), fullPage: true });
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'wider than the window');
        assert.deepEqual(await accessibilityFaults(page), []);
        assert.deepEqual(faults, []);
        await context.close();
      });
    }
  }
});
