// Names, order and first requests of the goods. What they cost, the shop tells.
const SUGGESTIONS = {
  '/weather': [{ name: 'Weather', path: '/weather?city=Lisbon' }],
  '/report.pdf': [{ name: 'Report as PDF', path: '/report.pdf' }],
  '/report.csv': [{ name: 'Report as CSV', path: '/report.csv' }],
  '/files/{name}': [{ name: 'A picture', path: '/files/lighthouse.svg' }, { name: 'A download', path: '/files/field-notes.txt' }],
  '/ask': [{ name: 'An answer', path: '/ask?question=Why pay per call?' }],
  '/essay': [{ name: 'An essay', path: '/essay?words=24' }],
  '/echo': [{ name: 'An echo', path: '/echo', body: 'Hello, shop!' }],
  '/orders': [{ name: 'An order', path: '/orders', body: 'A print of the lighthouse' }],
  '/chart': [{ name: 'A pass', path: '/chart' }],
  '/tide': [{ name: 'The tide', path: '/tide' }],
  '/telescope': [{ name: 'A broken telescope', path: '/telescope' }],
};

const REASONS = {
  200: 'OK', 204: 'No Content', 400: 'Bad Request', 402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found',
  409: 'Conflict', 500: 'Internal Server Error', 503: 'Service Unavailable',
};

// what is charged by use can be less than a cent
const DOLLARS = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumFractionDigits: 6 });

const byId = (id) => document.getElementById(id);

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function link(href, text, ...label) {
  const node = element('a', 'source', text);
  node.href = href;
  if (label.length) node.setAttribute('aria-label', label[0]);
  return node;
}

async function load(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`the answer was ${response.status}`);
  return response.json();
}

// --- what can be bought and played

function field(caption, label, value) {
  const input = element('input', '');
  input.value = value;
  input.spellcheck = false;
  input.autocomplete = 'off';
  input.setAttribute('aria-label', label);
  return [element('label', '', caption, input), input];
}

function good(item, suggestion) {
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
    const wanted = { path: encodeURI(path.value.trim()) };
    if (body) wanted.body = body.value;
    play('buy', `${item.method} ${wanted.path}`, wanted);
  });
  const flow = item.flow === 'UPFRONT' ? ' Paid up front.' : '';
  const [price, instead] = item.price.split(' or ');
  const about = element('p', 'about', `${item.description}.${flow}${instead ? ` Or ${instead}.` : ''} `);
  if (item.source) about.append(link(item.source, 'Source', `Source of ${suggestion.name}`));
  return element('li', 'good', element('h3', '', suggestion.name), element('span', 'price', price), about, order);
}

function goods(items) {
  const order = Object.keys(SUGGESTIONS).reverse();
  return items.sort((a, b) => order.indexOf(b.path) - order.indexOf(a.path))
    .flatMap((item) => (SUGGESTIONS[item.path] ?? [{ name: item.path, path: item.path }]).map((suggestion) => good(item, suggestion)));
}

function scene(item, sources) {
  const button = element('button', '', item.title);
  button.type = 'button';
  button.disabled = Boolean(item.obstacle);
  button.addEventListener('click', () => play(item.name, item.title));
  const about = element('p', 'about', `${item.about} ${item.obstacle ?? ''} `);
  about.id = `about-${item.name}`;
  button.setAttribute('aria-describedby', about.id);
  if (sources[item.path]) about.append(link(sources[item.path], 'Source', `Source of ${item.title}`));
  return element('li', 'scene', button, about);
}

function tool(item) {
  return element('li', 'good', element('h3', '', item.name), element('span', 'price', item.price),
    element('p', 'about', item.description));
}

// --- playing

let playing = false;

async function play(name, title, parameters = {}) {
  if (playing) return;
  playing = true;
  document.body.dataset.scene = 'playing';
  note(`${title} …`);
  byId('steps').replaceChildren();
  if (matchMedia('(max-width: 56rem)').matches) byId('exchange').scrollIntoView();
  let outcome = 'failed';
  try {
    const response = await fetch(`scenes/${name}?${new URLSearchParams(parameters)}`, { method: 'POST' });
    if (!response.ok) throw new Error(response.status === 400 ? 'this is not a path of this shop' : `the answer was ${response.status}`);
    for await (const step of lines(response.body)) {
      show(step);
      if (step.kind === 'end') outcome = 'ended';
    }
    if (outcome !== 'ended') throw new Error('the shop broke off');
  }
  catch (error) {
    note(`Not played to the end: ${error.message}.`, true);
  }
  showWallet(await load('wallet').catch(() => undefined));
  playing = false;
  document.body.dataset.scene = outcome;
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop();
    for (const part of parts) if (part.trim()) yield JSON.parse(part);
  }
  if (rest.trim()) yield JSON.parse(rest);
}

function note(text, alarm = false) {
  byId('note').textContent = text;
  byId('note').classList.toggle('alarm', alarm);
}

function show({ kind, text, request, authorization, answer, bought }) {
  const steps = byId('steps');
  const streaming = steps.querySelector('.streaming');
  if (kind === 'end') note(text);
  else if (kind === 'words') {
    if (streaming) streaming.querySelector('.gist').append(` ${text}`);
    else steps.append(step('from-shop served streaming', 'As it arrives', '', text));
  }
  else if (kind === 'note') steps.append(element('li', 'aside', text));
  else if (kind === 'request') steps.append(asked(request, text));
  else if (kind === 'signature') steps.append(signature(authorization));
  else if (kind === 'answer') steps.append(answered(answer, bought));
  streaming?.classList.toggle('streaming', kind === 'words');
  const exchange = byId('exchange');
  exchange.scrollTop = exchange.scrollHeight;
}

function step(kind, title, aside, gist, ...more) {
  return element('li', `step ${kind}`, element('h3', '', title, element('span', '', aside)), element('p', 'gist', gist), ...more);
}

function asked({ method, path, headers, body }, why) {
  const more = Object.keys(headers).length || body ? [facts({ ...headers, body })] : [];
  return step('', `${method} ${decodeURI(path)}`, '', why, ...more);
}

function signature({ price, scheme, network, from, to, value, validBefore, nonce, signature: signed, millis }) {
  return step('pays', 'Signs an authorization', `${millis} ms`,
    `Whoever holds it may move ${scheme === 'upto' ? 'up to ' : ''}${price} on ${network}, once, to this shop. No gas, no transaction of the buyer’s own.`,
    facts({ from, to, value: `${value} atomic units`, expires: new Date(validBefore * 1000).toLocaleTimeString(), nonce, signature: signed }));
}

function answered(answer, bought) {
  const { status, millis, paymentRequired, receipt, headers, contentType, bodyBytes } = answer;
  const title = `${status} ${REASONS[status] ?? ''}`;
  const seen = Object.keys(headers ?? {}).length ? [facts(headers)] : [];
  if (paymentRequired) {
    const offers = paymentRequired.accepts.map((offer) => facts({
      scheme: offer.scheme, amount: `${offer.amount} atomic units${offer.extra?.topUp ? ', tops up a balance' : ''}`,
      asset: offer.asset, payTo: offer.payTo, within: `${offer.maxTimeoutSeconds} s`,
    }));
    return step('from-shop asks', title, `${millis} ms`, `${said(answer) ?? paymentRequired.error ?? 'Payment required'}`, ...seen, ...offers,
      ...settled(receipt), raw('PAYMENT-REQUIRED, decoded', paymentRequired));
  }
  const kind = status < 400 ? 'from-shop served' : 'from-shop fails';
  const size = bodyBytes > 0 ? `${contentType}, ${bodyBytes.toLocaleString('en')} bytes` : 'No body';
  return step(kind, title, `${millis} ms`, size, ...seen, ...settled(receipt), ...content(answer, bought));
}

function said({ bodyExcerpt }) {
  try {
    return JSON.parse(bodyExcerpt).message;
  }
  catch {
    return undefined;
  }
}

function settled(receipt) {
  return receipt ? [facts({ settled: receipt.success, reason: receipt.errorReason, amount: receipt.amount, transaction: receipt.transaction, payer: receipt.payer }),
    raw('PAYMENT-RESPONSE, decoded', receipt)] : [];
}

function content(answer, bought) {
  if (bought && answer.contentType.startsWith('image/')) {
    const picture = element('img', 'bought');
    picture.src = bought;
    picture.alt = 'The picture that was bought';
    const anchor = element('a', '', picture);
    anchor.href = bought;
    return [anchor];
  }
  if (bought) {
    const anchor = element('a', 'open', 'Open what was bought');
    anchor.href = bought;
    anchor.target = '_blank';
    anchor.rel = 'noopener';
    return [anchor];
  }
  const body = readable(answer);
  return body ? [focusable(element('pre', '', body))] : [];
}

function facts(values) {
  return element('dl', 'facts', ...Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== '')
    .flatMap(([name, value]) => [element('dt', '', name), element('dd', '', String(value))]));
}

function raw(title, value) {
  return element('details', '', element('summary', '', title), focusable(element('pre', '', JSON.stringify(value, null, 2))));
}

// what can be scrolled can be reached by the keyboard
function focusable(node) {
  node.tabIndex = 0;
  return node;
}

function readable({ contentType, bodyExcerpt }) {
  if (contentType?.startsWith('text/event-stream')) return undefined;
  try {
    return JSON.stringify(JSON.parse(bodyExcerpt), null, 2);
  }
  catch {
    return bodyExcerpt;
  }
}

// --- the books

function showWallet(wallet) {
  if (!wallet) return;
  byId('spent').textContent = DOLLARS.format(wallet.spent);
  byId('purchases').textContent = wallet.purchases;
  byId('address').textContent = wallet.address;
}

const MEANINGS = {
  VERIFIED: 'the payment is good', EXECUTED: 'the handler has run', RELEASED: 'nothing was charged', ABANDONED: 'nothing was charged',
  SETTLED: 'the money moved', DECLINED: 'the money did not move', PENDING: 'the outcome is not known yet',
  UNRESOLVED: 'somebody must look', REDELIVERED: 'delivered again',
};

let known;

function showLedger(rows) {
  byId('ledger-state').textContent = rows.length ? 'Newest first, live.' : 'Live, and empty so far.';
  byId('ledger').replaceChildren(...rows.map((row) => {
    const time = element('time', '', new Date(row.time).toLocaleTimeString());
    time.dateTime = row.time;
    const fresh = known && !known.has(row.id) ? ' fresh' : '';
    return element('li', `entry ${row.event.toLowerCase()}${fresh}`, element('strong', '', row.event),
      element('span', 'price', row.amount), element('span', 'about', `${row.route}: ${row.reason ?? MEANINGS[row.event] ?? ''}`), time);
  }));
  known = new Set(rows.map(({ id }) => id));
}

const ledger = new EventSource('ledger');
ledger.addEventListener('message', ({ data }) => showLedger(JSON.parse(data)));

document.querySelectorAll('.origin').forEach((node) => { node.textContent = location.origin; });

try {
  const [items, scenes, tools, wallet] = await Promise.all(['catalog', 'scenes', 'tools', 'wallet'].map(load));
  const sources = Object.fromEntries(items.map(({ path, source }) => [path, source]));
  byId('goods').replaceChildren(...goods(items));
  byId('scenes').replaceChildren(...scenes.map((item) => scene(item, sources)));
  byId('tools').replaceChildren(...tools.map(tool));
  showWallet(wallet);
  document.body.dataset.scene = 'ready';
}
catch (error) {
  note(`The shop does not answer: ${error.message}.`, true);
}
