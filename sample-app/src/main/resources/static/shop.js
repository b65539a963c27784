// Names, order and first requests of the goods. What they cost, the shop tells.
const SUGGESTIONS = {
  '/weather': { name: 'Weather', path: '/weather?city=Lisbon' },
  '/report.pdf': { name: 'Report as PDF', path: '/report.pdf' },
  '/report.csv': { name: 'Report as CSV', path: '/report.csv' },
  '/ask': { name: 'An answer', path: '/ask?question=Why pay per call?' },
  '/essay': { name: 'An essay', path: '/essay?words=24' },
  '/files/{name}': { name: 'A download', path: '/files/field-notes.txt' },
  '/echo': { name: 'An echo', path: '/echo', body: 'Hello, shop!' },
};

const REASONS = { 200: 'OK', 204: 'No Content', 402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' };

// what is charged by use can be less than a cent
const DOLLARS = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumFractionDigits: 6 });

const byId = (id) => document.getElementById(id);

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

async function load(path) {
  const response = await fetch(path);
  if (!response.ok) {
    throw new Error(response.status === 400 ? 'this is not a path of this shop' : `the answer was ${response.status}`);
  }
  return response.json();
}

function showWallet(wallet) {
  byId('spent').textContent = DOLLARS.format(wallet.spent);
  byId('purchases').textContent = wallet.purchases;
  byId('address').textContent = wallet.address;
}

function field(caption, label, value) {
  const input = element('input', '');
  input.value = value;
  input.spellcheck = false;
  input.autocomplete = 'off';
  input.setAttribute('aria-label', label);
  return [element('label', '', caption, input), input];
}

function good(item) {
  const suggestion = SUGGESTIONS[item.path] ?? { name: item.path, path: item.path };
  const [pathField, path] = field(item.method, `Request for ${suggestion.name}`, suggestion.path);
  const button = element('button', '', 'Buy');
  button.setAttribute('aria-label', `Buy ${suggestion.name} for ${item.price}`);
  const order = element('form', 'order', pathField, button);
  let body;
  if (item.method === 'POST') {
    const [bodyField, input] = field('body', `Body for ${suggestion.name}`, suggestion.body ?? '');
    body = input;
    bodyField.classList.add('body');
    order.append(bodyField);
  }
  order.addEventListener('submit', (event) => {
    event.preventDefault();
    buy(encodeURI(path.value.trim()), body?.value);
  });
  const flow = item.flow === 'UPFRONT' ? ' Paid up front.' : '';
  return element('li', 'good', element('h3', '', suggestion.name), element('span', 'price', item.price),
    element('p', 'about', `${item.description}.${flow}`), order);
}

function tool(item) {
  return element('li', 'good', element('h3', '', item.name), element('span', 'price', item.price),
    element('p', 'about', item.description));
}

async function buy(path, body) {
  const buttons = document.querySelectorAll('.order button');
  buttons.forEach((button) => { button.disabled = true; });
  note('Buying …');
  byId('steps').replaceChildren();
  try {
    const query = new URLSearchParams(body === undefined ? { path } : { path, body });
    show(await load(`buy?${query}`));
  }
  catch (error) {
    note(`Nothing bought: ${error.message}.`, true);
  }
  buttons.forEach((button) => { button.disabled = false; });
  if (matchMedia('(max-width: 56rem)').matches) {
    byId('exchange').scrollIntoView();
  }
}

function note(text, alarm = false) {
  byId('note').textContent = text;
  byId('note').classList.toggle('alarm', alarm);
}

function show(transcript) {
  const { request, unpaid, authorization, paid, wallet } = transcript;
  const steps = [fromBuyer('Asks without paying', request), answer(unpaid, authorization)];
  if (authorization) {
    steps.push(signature(authorization, unpaid.paymentRequired.accepts[0].scheme === 'upto'), fromBuyer('Asks again and pays', `${request}, with PAYMENT-SIGNATURE`), answer(paid));
  }
  steps.forEach((step, place) => step.style.setProperty('--place', place));
  byId('steps').replaceChildren(...steps);
  note(summary(transcript));
  showWallet(wallet);
}

function summary({ request, unpaid, authorization, paid }) {
  if (paid?.receipt?.success) {
    return `${request}: paid ${charged(authorization, paid.receipt)} and served in ${unpaid.millis + authorization.millis + paid.millis} ms.`;
  }
  if (paid) {
    return `${request}: answered ${paid.status}, nothing was charged.`;
  }
  return unpaid.status === 402 ? `${request}: no offer that this buyer can pay.` : `${request}: answered ${unpaid.status}, nothing to pay.`;
}

function charged({ price, value }, { amount }) {
  const [number, symbol] = price.split(' ');
  return amount ? `${+((number * amount) / value).toFixed(6)} ${symbol}` : price;
}

function step(kind, title, aside, gist, ...more) {
  return element('li', `step ${kind}`, element('h3', '', title, element('span', '', aside)), element('p', 'gist', gist), ...more);
}

function fromBuyer(title, gist) {
  return step('', title, '', element('code', '', gist));
}

function signature(authorization, upto) {
  const { price, network, from, to, value, validBefore, nonce, signature, millis } = authorization;
  return step('pays', 'Signs an authorization', `${millis} ms`,
    `Whoever holds it may move ${upto ? 'up to ' : ''}${price} on ${network}, once, to this shop. No gas, no transaction of the buyer’s own.`,
    facts({ from, to, value: `${value} atomic units`, expires: new Date(validBefore * 1000).toLocaleTimeString(), nonce, signature }));
}

function answer(answer, authorization) {
  const { status, millis, paymentRequired, receipt, contentType, bodyBytes } = answer;
  const title = `${status} ${REASONS[status] ?? ''}`;
  if (paymentRequired) {
    const offer = paymentRequired.accepts[0];
    return step('from-shop asks', title, `${millis} ms`, authorization
      ? `${authorization.price} on ${authorization.network}, please.` : paymentRequired.error ?? 'Payment required.',
    facts({ scheme: offer.scheme, amount: `${offer.amount} atomic units`, asset: offer.asset, payTo: offer.payTo, within: `${offer.maxTimeoutSeconds} s` }),
    raw('PAYMENT-REQUIRED, decoded', paymentRequired));
  }
  const kind = status < 400 ? 'from-shop served' : 'from-shop fails';
  const size = bodyBytes > 0 ? `${contentType}, ${bodyBytes.toLocaleString('en')} bytes` : 'No body';
  const more = receipt ? [facts({ settled: receipt.success, transaction: receipt.transaction, payer: receipt.payer }),
    raw('PAYMENT-RESPONSE, decoded', receipt)] : [];
  const body = readable(answer);
  return step(kind, title, `${millis} ms`, size, ...more, ...(body ? [element('pre', '', body)] : []));
}

function facts(values) {
  return element('dl', 'facts', ...Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [element('dt', '', name), element('dd', '', String(value))]));
}

function raw(title, value) {
  return element('details', '', element('summary', '', title), element('pre', '', JSON.stringify(value, null, 2)));
}

function readable({ contentType, bodyExcerpt }) {
  if (contentType?.startsWith('text/event-stream')) {
    return [...bodyExcerpt.matchAll(/^data:(.*)$/gm)].map(([, word]) => word).join(' ');
  }
  try {
    return JSON.stringify(JSON.parse(bodyExcerpt), null, 2);
  }
  catch {
    return bodyExcerpt;
  }
}

document.querySelectorAll('.origin').forEach((node) => { node.textContent = location.origin; });

try {
  const [items, tools, wallet] = await Promise.all([load('catalog'), load('tools'), load('wallet')]);
  const order = Object.keys(SUGGESTIONS).reverse();
  byId('goods').replaceChildren(...items.sort((a, b) => order.indexOf(b.path) - order.indexOf(a.path)).map(good));
  byId('tools').replaceChildren(...tools.map(tool));
  showWallet(wallet);
}
catch (error) {
  note(`The shop does not answer: ${error.message}.`, true);
}
