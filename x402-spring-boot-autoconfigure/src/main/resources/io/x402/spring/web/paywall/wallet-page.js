(() => {
'use strict';
const data = JSON.parse(document.getElementById('x402').textContent);
const request = data.request, offers = data.offers, body = document.body,
$ = (id) => document.getElementById(id),
here = location.pathname + location.search,
key = 'x402 ' + request.method + ' ' + here + ' ' + (request.body || ''),
// Texts in the language of the page; {0} and {1} stand for what is put in.
t = (name, ...values) => data.texts[name].replace(/\{(\d)}/g, (all, n) => values[n] ?? all),
add = (parent, tag, props) => parent.appendChild(Object.assign(document.createElement(tag), props)),
pause = (ms) => new Promise((done) => setTimeout(done, ms)),
base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text))),
bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
header = (text) => { try { return JSON.parse(new TextDecoder().decode(bytes(text))); } catch { return {}; } },
call = (wallet, method, ...params) => wallet.request({ method, params });
let held = null, busy = false;

function say(state, text) {
  body.dataset.x402 = state;
  $('status').textContent = text;
}
// A signed payment is kept until it is answered, so that no second one is signed for the same request.
function kept() {
  try { held = JSON.parse(sessionStorage.getItem(key)) || held; } catch {}
  return held;
}
function keep(value) {
  held = value;
  try { if (value) sessionStorage.setItem(key, JSON.stringify(value)); else sessionStorage.removeItem(key); } catch {}
}

async function chain(wallet, entry) {
  const id = '0x' + Number(entry.offer.network.slice(7)).toString(16);
  const current = async () => '0x' + Number(await call(wallet, 'eth_chainId')).toString(16);
  if (await current() === id) return;
  say('unpaid', t('switch', entry.network));
  try {
    await call(wallet, 'wallet_switchEthereumChain', { chainId: id });
  } catch (e) {
    if (e.code !== 4902 && e.data?.originalError?.code !== 4902) throw e;
    if (!entry.add.rpcUrls) throw new Error(t('unknown', entry.network));
    await call(wallet, 'wallet_addEthereumChain', { chainId: id, ...entry.add });
    if (await current() !== id) await call(wallet, 'wallet_switchEthereumChain', { chainId: id });
  }
  if (await current() !== id) throw new Error(t('switch', entry.network));
}

async function funds(wallet, from, entry) {
  const data = '0x70a08231' + from.slice(2).padStart(64, '0');
  const balance = await call(wallet, 'eth_call', { to: entry.offer.asset, data }, 'latest').catch(() => '');
  if (/^0x[0-9a-f]{64}$/i.test(balance) && BigInt(balance) < BigInt(entry.offer.amount)) {
    throw new Error(t('funds', entry.amount, entry.network));
  }
}

async function sign(wallet, from, offer) {
  const now = Math.floor(Date.now() / 1000);
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(32)), (b) => b.toString(16).padStart(2, '0')).join('');
  const authorization = { from, to: offer.payTo, value: offer.amount, validAfter: String(now - 600), validBefore: String(now + offer.maxTimeoutSeconds), nonce: '0x' + nonce };
  const fields = (text) => text.split(',').map((field) => ({ type: field.split(' ')[0], name: field.split(' ')[1] }));
  const typed = {
    types: {
      EIP712Domain: fields('string name,string version,uint256 chainId,address verifyingContract'),
      TransferWithAuthorization: fields('address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce'),
    },
    domain: { name: offer.extra.name, version: offer.extra.version, chainId: Number(offer.network.slice(7)), verifyingContract: offer.asset },
    primaryType: 'TransferWithAuthorization',
    message: authorization,
  };
  const signature = await call(wallet, 'eth_signTypedData_v4', from, JSON.stringify(typed));
  return base64(JSON.stringify({ x402Version: 2, accepted: offer, payload: { signature, authorization } }));
}

async function pay(wallet) {
  if (busy) return;
  busy = true;
  buttons(true);
  try {
    if (!kept()) {
      const entry = offers[Number(document.querySelector('#offers input:checked')?.value || 0)];
      say('unpaid', t('connect'));
      const from = (await call(wallet, 'eth_requestAccounts'))[0];
      if (!from) throw new Error(t('account'));
      await chain(wallet, entry);
      await funds(wallet, from, entry);
      say('unpaid', t('sign', entry.amount));
      keep({ payment: await sign(wallet, from, entry.offer) });
    }
    await submit();
  } catch (e) {
    say(kept() ? 'pending' : body.dataset.x402 === 'paid' ? 'paid' : 'unpaid', e.code === 4001 ? t('declined') : e.code === -32002 ? t('waiting') : e.message || String(e));
  }
  busy = false;
  buttons(false);
}

// Sends the kept payment, and only that, until there is an answer to it.
async function submit() {
  for (;;) {
    say('pending', t('paying'));
    const headers = { 'PAYMENT-SIGNATURE': held.payment, 'X402-Page': location.pathname, Accept: request.accept };
    if (request.contentType) headers['Content-Type'] = request.contentType;
    let res, blob, wait = 5, why = t('silent');
    try {
      const options = { method: request.method, headers, cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(90000) };
      if (request.body) options.body = bytes(request.body);
      res = await fetch(here, options);
      blob = await res.blob();
    } catch { res = null; }
    if (res) {
      if (res.ok || res.type === 'opaqueredirect') return show(res, blob);
      let reason = {};
      try { reason = JSON.parse(await blob.text()); } catch {}
      const known = typeof reason.code === 'string' && typeof reason.message === 'string';
      if (known && !reason.retryable) {
        keep(null);
        return say('refused', reason.message);
      }
      if (!known && ![408, 425, 429, 502, 503, 504].includes(res.status)) {
        return say('refused', t('failed', res.status));
      }
      wait = Math.min(Math.max(parseInt(res.headers.get('Retry-After'), 10) || 5, 1), 120);
      why = known ? reason.message : t('busy');
    }
    for (; wait > 0; wait--) {
      say('pending', t('again', why, wait));
      await pause(1000);
    }
  }
}

async function show(res, blob) {
  const redirect = res.type === 'opaqueredirect';
  const type = (res.headers.get('Content-Type') || '').toLowerCase();
  const html = /^(text\/html|application\/xhtml)/.test(type);
  const receipt = header(res.headers.get('PAYMENT-RESPONSE'));
  if (!held.opened && navigates() && (redirect || (html && res.headers.get('X402-Page')))) {
    keep(redirect ? null : { ...held, opened: Date.now() });
    say('paid', t('paid'));
    return navigate();
  }
  keep(null);
  say('paid', t('paid'));
  $('pay').hidden = $('offers').hidden = true;
  for (const name of ['transaction', 'network', 'payer']) {
    if (!receipt[name]) continue;
    add($('receipt'), 'dt', { textContent: t(name) });
    add(add($('receipt'), 'dd'), 'code', { textContent: receipt[name] });
    $('receipt').hidden = false;
  }
  if (redirect) return;
  const out = $('content'), url = URL.createObjectURL(blob);
  const shown = res.headers.get('Content-Disposition') || '';
  const named = /filename\*=UTF-8''([^;]+)/i.exec(shown);
  let name = /filename="?([^";]+)/i.exec(shown)?.[1] || location.pathname.split('/').pop() || 'download';
  try { if (named) name = decodeURIComponent(named[1]); } catch {}
  const save = () => add(out, 'a', { className: 'button', href: url, download: name, textContent: t('save', name) });
  out.hidden = !blob.size;
  if (/^attachment/i.test(shown)) save().click();
  else if (/[/+]json/.test(type)) {
    let text = await blob.text();
    try { text = JSON.stringify(JSON.parse(text), null, 2); } catch {}
    add(out, 'pre', { textContent: text, tabIndex: 0 });
  } else if (html) add(out, 'iframe', { title: name, sandbox: '', srcdoc: await blob.text() });
  else if (type.startsWith('image/')) add(out, 'img', { src: url, alt: name });
  else if (type.startsWith('application/pdf')) { add(out, 'iframe', { src: url, title: name }); save(); }
  else if (type.startsWith('text/')) add(out, 'pre', { textContent: await blob.text(), tabIndex: 0 });
  else if (blob.size) save().click();
}

const form = /^application\/x-www-form-urlencoded/i.test(request.contentType || '');
const navigates = () => isSecureContext && (request.method === 'GET' || (request.method === 'POST' && form));
// The response to the navigation is the stored one; the server recognises it by a cookie that this page cannot read.
function navigate() {
  if (request.method === 'GET') return location.replace(here);
  const fields = add(body, 'form', { method: 'post', action: here, hidden: true });
  new URLSearchParams(new TextDecoder().decode(bytes(request.body || ''))).forEach((value, name) => add(fields, 'textarea', { name, value }));
  HTMLFormElement.prototype.submit.call(fields);
}

const wallets = new Map();
const buttons = (off) => document.querySelectorAll('#pay button').forEach((b) => { b.disabled = off; });
function offer(name, provider, icon) {
  if (wallets.has(provider)) return;
  const button = add($('pay'), 'button', { type: 'button', disabled: busy });
  if (/^data:image\//.test(icon || '')) add(button, 'img', { src: icon, alt: '' });
  add(button, 'span', { textContent: t('pay', name) });
  button.onclick = () => pay(provider);
  wallets.set(provider, button);
  if (!busy && body.dataset.x402 === 'unpaid') $('status').textContent = '';
}

document.querySelectorAll('.to').forEach((line) => {
  if (!navigator.clipboard) return;
  const button = add(line, 'button', { type: 'button', className: 'small', textContent: t('copy') });
  button.setAttribute('aria-label', t('recipient'));
  button.onclick = () => navigator.clipboard.writeText(line.title).then(() => { button.textContent = t('copied'); });
});
if (request.tooLong) return say('unpaid', t('long'));
if (!offers.length) return say('unpaid', t('none'));
const before = kept();
if (before && before.opened && Date.now() - before.opened > 60000) keep(null);
else if (before) pay();
addEventListener('eip6963:announceProvider', (e) => offer(e.detail.info.name, e.detail.provider, e.detail.info.icon));
dispatchEvent(new Event('eip6963:requestProvider'));
setTimeout(() => {
  if (!wallets.size && window.ethereum) offer(t('wallet'), window.ethereum);
  if (!wallets.size && body.dataset.x402 === 'unpaid' && !busy) say('unpaid', t('missing'));
}, 400);
})();
