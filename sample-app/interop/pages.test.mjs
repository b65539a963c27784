// What a person with a browser and a wallet sees and pays at the packaged sample. Started by run-pages.mjs.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { accessibilityFaults, createWallet, install, openBrowser } from './lib/browser.mjs';
import { ACCOUNTS, RUN_DIR } from './lib/config.mjs';
import { balanceOf } from './lib/evm.mjs';
import * as lab from './lib/lab.mjs';

const PATIENCE = { timeout: 60_000 };
const SHOTS = path.join(RUN_DIR, 'pages');

let browser;
const contexts = [];

async function openPage(wallet, { announced = true, ...options } = {}) {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  contexts.push(context);
  context.setDefaultTimeout(PATIENCE.timeout);
  if (wallet) await install(context, wallet, { announced });
  return context.newPage();
}

async function open(pathname, wallet, options) {
  const page = await openPage(wallet, options);
  const response = await page.goto(lab.SAMPLE_URL + pathname);
  assert.equal(response.status(), 402);
  assert.equal(await state(page), 'unpaid');
  return page;
}

const state = (page) => page.evaluate(() => document.body.dataset.x402);
const status = (page) => page.textContent('#status');
const payButton = (page) => page.getByRole('button', { name: /^Pay with/ });
const isState = (page, wanted) =>
  page.waitForFunction((value) => document.body.dataset.x402 === value, wanted, PATIENCE);

async function pay(page, wanted = 'paid') {
  await payButton(page).click();
  await isState(page, wanted);
}

/** Runs a purchase and checks that exactly this much moved, once, from the buyer to the seller. */
async function assertMoves(amount, run, buyer = ACCOUNTS.buyer.address) {
  const seller = ACCOUNTS.payTo.address;
  const earlier = [await balanceOf(buyer), await balanceOf(seller)];
  await run();
  assert.equal(earlier[0] - (await balanceOf(buyer)), amount, 'what the buyer paid');
  assert.equal((await balanceOf(seller)) - earlier[1], amount, 'what the seller got');
}

async function assertReceipt(page) {
  assert.match(await page.textContent('#receipt'), /Transaction0x[0-9a-f]{64}/);
}

/** Sends the cookie of the page as a browser would for a navigation. */
function navigate(pathname, payment, site) {
  const headers = {
    Accept: 'text/html',
    'User-Agent': 'Mozilla/5.0',
    Cookie: `_x402=${payment}`,
    'Sec-Fetch-Site': site,
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
  };
  return new Promise((resolve, reject) => {
    http
      .get(lab.SAMPLE_URL + pathname, { headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
      .on('error', reject);
  });
}

/** A page that posts a form, as a site of the seller would have it. */
async function postForm(pathname, wallet, fields) {
  const page = await openPage(wallet);
  await page.goto(`${lab.SAMPLE_URL}/free`);
  await Promise.all([
    page.waitForURL(`**${pathname}`),
    page.evaluate(
      ([action, values]) => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action });
        for (const [name, value] of values) form.append(Object.assign(document.createElement('input'), { name, value }));
        document.body.append(form);
        form.submit();
      },
      [pathname, fields],
    ),
  ]);
  await page.waitForSelector('#pay button');
  return page;
}

describe('the wallet page of the packaged sample', () => {
  before(async () => {
    browser = await openBrowser();
    mkdirSync(SHOTS, { recursive: true });
  });
  afterEach(async () => {
    await lab.clearFaults();
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
  after(async () => {
    await browser.close();
    await lab.stopLab();
  });

  test('JSON is paid with a wallet that EIP-6963 announces, and readable', () =>
    assertMoves(50_000n, async () => {
      const wallet = createWallet();
      const page = await open('/weather?city=Porto', wallet);
      await pay(page);
      assert.match(await page.textContent('#content pre'), /"city": "Porto"[^]*x402-lab-served/);
      await assertReceipt(page);
      assert.deepEqual(wallet.calls, ['eth_requestAccounts', 'eth_chainId', 'eth_call', 'eth_signTypedData_v4']);
    }));

  test('text is paid with window.ethereum', () =>
    assertMoves(10_000n, async () => {
      const page = await open('/cheap', createWallet(), { announced: false });
      await pay(page);
      assert.match(await page.textContent('#content pre'), /x402-lab-served/);
    }));

  test('a form that was posted is paid and repeated as it was', () =>
    assertMoves(10_000n, async () => {
      const page = await postForm('/echo', createWallet(), [
        ['message', 'olá & <b>more</b>'],
        ['to', 'a=b'],
      ]);
      await pay(page);
      const text = await page.textContent('#content pre');
      assert.match(text, /x402-lab-served/);
      assert.equal(new URLSearchParams(text.split('\n')[0].trim()).get('message'), 'olá & <b>more</b>');
    }));

  test('HTML is shown by a navigation, with its own policy', () =>
    assertMoves(10_000n, async () => {
      const page = await open('/page', createWallet());
      await payButton(page).click();
      await page.waitForFunction(() => document.title === 'ran', undefined, PATIENCE);
      assert.match(await page.textContent('body'), /x402-lab-served/);
      const [cookie] = await page.context().cookies();
      assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Strict', '/page']);
    }));

  test('HTML that a form bought is shown by a navigation', () =>
    assertMoves(10_000n, async () => {
      const page = await postForm('/page', createWallet(), [['name', 'Ana & Rui']]);
      await payButton(page).click();
      await page.waitForFunction(() => document.title === 'ran', undefined, PATIENCE);
      assert.match(await page.textContent('body'), /Ana & Rui[^]*x402-lab-served/);
    }));

  test('the cookie of a navigation pays for nothing else', () =>
    assertMoves(10_000n, async () => {
      const page = await open('/page', createWallet());
      await payButton(page).click();
      await page.waitForFunction(() => document.title === 'ran', undefined, PATIENCE);
      const response = await page.goto(`${lab.SAMPLE_URL}/page?other=1`);
      assert.equal(response.status(), 402);
      assert.match(response.headers()['content-type'], /text\/html/);
      assert.equal(await page.evaluate(() => fetch('/page').then((answer) => answer.status)), 402);
    }));

  test('a cookie with a payment that was not settled pays for nothing', () =>
    assertMoves(0n, async () => {
      const { headers } = await lab.prepare({ path: '/page' });
      assert.equal(await navigate('/page', headers['PAYMENT-SIGNATURE'], 'same-origin'), 402);
    }));

  test('another site cannot use the cookie of a payment that was settled', () =>
    assertMoves(10_000n, async () => {
      const purchase = await lab.prepare({ path: '/page', headers: {} });
      const payment = purchase.headers['PAYMENT-SIGNATURE'];
      const paid = await lab.send({ path: '/page', headers: { ...purchase.headers, Accept: 'text/html' } });
      assert.equal(paid.status, 200);
      for (const site of ['cross-site', 'same-site', 'none']) assert.equal(await navigate('/page', payment, site), 402);
    }));

  test('a PDF is shown', () =>
    assertMoves(100_000n, async () => {
      const page = await open('/report.pdf', createWallet());
      await pay(page);
      assert.match(await page.getAttribute('#content iframe', 'src'), /^blob:/);
    }));

  test('an image is shown', () =>
    assertMoves(10_000n, async () => {
      const page = await open('/image.svg', createWallet());
      await pay(page);
      await page.waitForFunction(() => document.querySelector('#content img')?.naturalWidth > 0, undefined, PATIENCE);
    }));

  test('a download gets its file name', () =>
    assertMoves(10_000n, async () => {
      const page = await open('/download', createWallet());
      const [download] = await Promise.all([page.waitForEvent('download'), pay(page)]);
      assert.equal(download.suggestedFilename(), 'figures 2026.bin');
    }));

  test('a wallet that declines pays nothing, and can pay later', () =>
    assertMoves(0n, async () => {
      const page = await open('/weather', createWallet({ declines: true }));
      await payButton(page).click();
      await page.waitForFunction(() => /declined/.test(document.getElementById('status').textContent));
      assert.equal(await state(page), 'unpaid');
      assert.ok(await payButton(page).isEnabled());
    }));

  test('a wallet on another chain is asked to switch', () =>
    assertMoves(50_000n, async () => {
      const wallet = createWallet({ chainId: '0x1' });
      const page = await open('/weather', wallet);
      await pay(page);
      assert.ok(wallet.calls.includes('wallet_switchEthereumChain'));
    }));

  test('a wallet that does not know the chain is asked to add it', () =>
    assertMoves(50_000n, async () => {
      const wallet = createWallet({ chainId: '0x1', knows: false });
      const page = await open('/weather', wallet);
      await pay(page);
      assert.ok(wallet.calls.includes('wallet_addEthereumChain'));
    }));

  test('an account without funds is told before it signs', () =>
    assertMoves(0n, async () => {
      const wallet = createWallet({ account: ACCOUNTS.poor });
      const page = await open('/weather', wallet);
      await payButton(page).click();
      await page.waitForFunction(() => /does not own 0\.05 USDC/.test(document.getElementById('status').textContent));
      assert.ok(!wallet.calls.includes('eth_signTypedData_v4'));
    }));

  test('a payment that the facilitator rejects is refused in words', () =>
    assertMoves(0n, async () => {
      await lab.setFaults({ verify: 'reject' });
      const page = await open('/weather', createWallet());
      await pay(page, 'refused');
      assert.match(await status(page), /Nothing was charged/);
    }));

  test('a facilitator that is down between signature and answer charges once, also after a reload', () =>
    assertMoves(50_000n, async () => {
      const wallet = createWallet();
      const page = await open('/weather?city=Faro', wallet);
      await lab.setFaults({ down: true });
      await pay(page, 'pending');
      await page.waitForFunction(() => /sent again in \d+ s/.test(document.getElementById('status').textContent));
      await page.reload();
      await page.waitForFunction(() => /sent again in \d+ s/.test(document.getElementById('status').textContent));
      await lab.clearFaults();
      await isState(page, 'paid');
      assert.equal(wallet.calls.filter((call) => call === 'eth_signTypedData_v4').length, 1);
    }));

  test('a settlement whose answer is lost stays pending, and no second payment is signed', () =>
    assertMoves(50_000n, async () => {
      const wallet = createWallet();
      const page = await open('/weather?city=Braga', wallet);
      await lab.setFaults({ settle: 'lost' });
      await pay(page, 'pending');
      for (let repetition = 0; repetition < 2; repetition += 1) {
        await page.waitForFunction(() => /Paying/.test(document.getElementById('status').textContent));
        await page.waitForFunction(() => /sent again in \d+ s/.test(document.getElementById('status').textContent));
      }
      assert.equal(await state(page), 'pending');
      assert.ok(await payButton(page).isDisabled());
      assert.equal(wallet.calls.filter((call) => call === 'eth_signTypedData_v4').length, 1);
    }));

  test('without its script the page still tells the price', () =>
    assertMoves(0n, async () => {
      const page = await open('/weather', undefined, { javaScriptEnabled: false });
      assert.match(await page.textContent('#offers'), /0\.05 USDC.*Base Sepolia.*play money/);
    }));

  test('nothing in a URL is executed', async () => {
    const attacks = [
      '</script><script>canary()</script>', '"><script>canary()</script>', "'><img src=x onerror=canary()>",
      '<svg/onload=canary()>', '<img src=x onerror="canary()">', '--><script>canary()</script>', '{{script}}',
      '{{data}}<script>canary()</script>', ']]><script>canary()</script>', '</style><script>canary()</script>',
      '</title><script>canary()</script>', '</pre><script>canary()</script>', '<iframe srcdoc="<script>parent.canary()</script>">',
      '<a href="javascript:canary()">', 'javascript:canary()', '<base href="//evil.example/">',
      '<meta http-equiv=refresh content="0;url=javascript:canary()">', '\u2028canary()//', '\u2029canary()//',
      '\\u003c/script\\u003e\\u003cscript\\u003ecanary()', "');canary();//", '");canary();//', '`;canary();//',
      '${canary()}', '<body onload=canary()>', '<details open ontoggle=canary()>', '<input autofocus onfocus=canary()>',
      '<math><mi xlink:href="javascript:canary()">', '＜script＞canary()＜/script＞', '<!--<script>canary()</script>',
    ];
    assert.equal(attacks.length, 30);
    const page = await openPage(createWallet());
    let executed = 0;
    await page.exposeFunction('canary', () => { executed += 1; });
    for (const attack of attacks) {
      const response = await page.goto(`${lab.SAMPLE_URL}/weather?city=${encodeURIComponent(attack)}#${attack}`);
      assert.equal(response.status(), 402, attack);
      await payButton(page).waitFor();
      assert.equal(executed, 0, attack);
      assert.equal(await page.evaluate(() => document.scripts.length), 2, attack);
    }
  });

  for (const width of [1280, 390]) {
    for (const colorScheme of ['light', 'dark']) {
      test(`looks well at ${width} pixels in ${colorScheme} mode`, async () => {
        const page = await open('/weather?city=Porto', createWallet(), { colorScheme, viewport: { width, height: 844 } });
        await payButton(page).waitFor();
        const shot = (name) => page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${colorScheme}.png`) });
        await shot('unpaid');
        const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok((await overflow()) <= 0, 'wider than the window');
        assert.deepEqual(await accessibilityFaults(page), []);
        await pay(page);
        await shot('paid');
        assert.ok((await overflow()) <= 0, 'wider than the window');
        assert.deepEqual(await accessibilityFaults(page), []);
      });
    }
  }

  test('the page speaks German to those who read it', () =>
    assertMoves(50_000n, async () => {
      const page = await open('/weather?city=Bonn', createWallet(), { locale: 'de-DE' });
      assert.equal(await page.getAttribute('html', 'lang'), 'de');
      await page.getByRole('button', { name: /^Mit .* bezahlen$/ }).click();
      await isState(page, 'paid');
      assert.equal(await status(page), 'Bezahlt.');
    }));

  for (const width of [1280, 390]) {
    for (const colorScheme of ['light', 'dark']) {
      test(`the console shows a purchase, at ${width} pixels in ${colorScheme} mode`, async () => {
        const page = await openPage(undefined, { colorScheme, viewport: { width, height: 844 } });
        const faults = [];
        page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
        page.on('pageerror', (error) => faults.push(error.message));
        await page.goto(`${lab.SAMPLE_URL}/actuator/x402console`);
        await page.waitForSelector('[data-x402=shown]');
        const sold = async () =>
          Number(/([\d,.]+) sales? on Base Sepolia/.exec(await page.textContent('#revenue'))?.[1].replace(/\D/g, '') ?? 0);
        const before = await sold();
        const purchase = await lab.prepare({ path: `/weather?city=${encodeURIComponent('<img src=x onerror=alert(1)>')}` });
        assert.equal((await lab.send({ path: purchase.path, headers: purchase.headers })).status, 200);
        await page.waitForFunction(
          (wanted) => document.querySelector('#revenue').textContent.includes(wanted),
          `${(before + 1).toLocaleString('en-US')} sale`,
          PATIENCE,
        );
        const { revenue } = await (await fetch(`${lab.SAMPLE_URL}/actuator/x402console/figures?period=day`)).json();
        assert.equal(revenue[0].count, before + 1);
        await page.screenshot({ path: path.join(SHOTS, `console-${width}-${colorScheme}.png`), fullPage: true });
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'wider than the window');
        assert.deepEqual(await accessibilityFaults(page), []);
        assert.deepEqual(faults, []);
      });
    }
  }

  test('the console filters with the keyboard, and saves what it shows', async () => {
    const page = await openPage();
    await page.goto(`${lab.SAMPLE_URL}/actuator/x402console`);
    await page.waitForSelector('[data-x402=shown]');
    await page.getByRole('combobox', { name: 'Event' }).focus();
    await page.keyboard.type('SETTLED');
    await page.keyboard.press('Tab');
    await page.waitForFunction(() =>
      [...document.querySelectorAll('#entries tbody tr')].every((row) => row.cells[1].textContent === 'SETTLED'));
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
    assert.equal(download.suggestedFilename(), 'ledger.csv');
    await page.getByRole('button', { name: 'Pause' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.textContent('#updated'), 'Paused');
  });

  test('the console tells what is left of passes', async () => {
    const pass = await lab.prepare({ path: '/ten' });
    assert.equal((await lab.send({ path: pass.path, headers: pass.headers })).status, 200);
    const page = await openPage(undefined, { viewport: { width: 390, height: 844 } });
    await page.goto(`${lab.SAMPLE_URL}/actuator/x402console`);
    await page.waitForSelector('[data-x402=shown]');
    await page.getByText('Passes and balances, sold last').click();
    await page.waitForSelector('#passes tbody tr');
    const [row] = await page.locator('#passes tbody tr').allInnerTexts();
    assert.match(row, /^ACTIVE\s+AccessController\.ten\(\)\s+9 of 10\s+no end\s+0\.10 USDC\s+Base Sepolia/);
    await page.screenshot({ path: path.join(SHOTS, 'console-passes.png'), fullPage: true });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'wider than the window');
    assert.deepEqual(await accessibilityFaults(page), []);
  });

  test('the shop has no serious accessibility faults', async () => {
    const page = await openPage();
    await page.goto(lab.SAMPLE_URL);
    assert.deepEqual(await accessibilityFaults(page), []);
  });

  test('no signed payment is in the log', () => {
    assert.doesNotMatch(lab.sampleLog(), /_x402=|"signature":"0x/);
  });
});
