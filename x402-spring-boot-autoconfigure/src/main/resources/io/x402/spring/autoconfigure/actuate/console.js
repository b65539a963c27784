(() => {
'use strict';
const INTERVAL = 1000;
const OLDEST = 30000;
const $ = (id) => document.getElementById(id);
const base = location.pathname.replace(/\/$/, '');
let paused = false, asked = 0, reading = false, user = null, deciding = null;

// Everything from the ledger is written as text, never as markup.
function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content.filter((part) => part !== null && part !== undefined && part !== ''));
  return made;
}

function table(place, columns, rows, empty) {
  if (!rows.length) return place.replaceChildren(element('p', 'soft', empty));
  const head = element('tr', '', ...columns.map(([name, , className]) => {
    const cell = element('th', className === 'number' ? className : '', name);
    cell.scope = 'col';
    return cell;
  }));
  const body = rows.map((row) => element('tr', '', ...columns.map(([, value, className]) =>
    element('td', className, value(row)))));
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.replaceChildren(element('table', '', element('thead', '', head), element('tbody', '', ...body)));
  // What can be scrolled can be reached by the keyboard.
  const scrolls = place.scrollWidth > place.clientWidth || place.scrollHeight > place.clientHeight;
  if (scrolls) place.tabIndex = 0;
  else place.removeAttribute('tabindex');
  // Who is about to press a button still is when the table is drawn again.
  if (focused) [...place.querySelectorAll('[data-key]')].find((made) => made.dataset.key === focused)?.focus();
}

function button(name, sale, pressed) {
  const made = element('button', '', name);
  made.type = 'button';
  made.dataset.key = name + ' ' + sale.entry.sale;
  made.setAttribute('aria-label', name + ', sale ' + sale.entry.sale);
  made.addEventListener('click', () => pressed(made));
  return made;
}

// The token comes with each attempt, for a session may have ended since the page was loaded.
async function act(what, order) {
  const hands = await fetch(base + '/hands', { cache: 'no-store' });
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const name = hands.headers.get('X-CSRF-HEADER');
  if (name) headers[name] = hands.headers.get('X-CSRF-TOKEN');
  const response = await fetch(base + '/' + what, { method: 'POST', headers, body: JSON.stringify(order) });
  const answer = (response.headers.get('Content-Type') || '').includes('json') ? await response.json() : {};
  return { ok: response.ok, detail: answer.detail || 'The server refused it (' + response.status + ').' };
}

async function look(sale, pressed) {
  pressed.disabled = true;
  $('done').textContent = 'Looking…';
  try {
    $('done').textContent = 'Sale ' + sale.entry.sale + ': ' + (await act('reconcile', { sale: sale.entry.sale })).detail;
  } catch (failure) {
    $('done').textContent = failure.message;
  }
  pressed.disabled = false;
  await update();
}

function decide(sale) {
  deciding = sale.entry.sale;
  $('decided').textContent = sale.entry.route + ', ' + money(sale.entry.amount) + ' on ' + sale.entry.networkName + ', sale ' + deciding;
  $('user').textContent = user;
  $('refused').textContent = '';
  $('decide').querySelector('form').reset();
  $('decide').querySelector('[name=transaction]').value = sale.entry.transaction || '';
  $('decide').showModal();
}

async function decided(what) {
  const form = new FormData($('decide').querySelector('form'));
  try {
    const answer = await act(what, { sale: deciding, transaction: form.get('transaction'), note: form.get('note') });
    if (answer.ok) {
      $('done').textContent = 'Sale ' + deciding + ': ' + answer.detail;
      $('decide').close();
    } else {
      $('refused').textContent = answer.detail;
    }
  } catch (failure) {
    $('refused').textContent = failure.message;
  }
  await update();
}

function money(amount) {
  if (!amount.decimal) return amount.atomic + ' units of ' + amount.asset;
  return amount.decimal.replace(/(\.\d\d\d*?)0+$/, '$1') + ' ' + amount.token;
}

function age(seconds) {
  if (seconds < 120) return seconds + ' s';
  if (seconds < 7200) return Math.floor(seconds / 60) + ' min';
  if (seconds < 172800) return Math.floor(seconds / 3600) + ' h';
  return Math.floor(seconds / 86400) + ' days';
}

function time(text) {
  const made = element('time', '', new Date(text).toLocaleString());
  made.dateTime = text;
  return made;
}

function short(text) {
  if (!text) return '';
  const made = element('span', '', text.length > 16 ? text.slice(0, 8) + '…' + text.slice(-6) : text);
  made.title = text;
  return made;
}

function count(value, most) {
  const bar = document.createElement('meter');
  bar.max = Math.max(most, 1);
  bar.value = value;
  bar.textContent = String(value);
  bar.setAttribute('aria-hidden', 'true');
  return element('span', '', value.toLocaleString(), bar);
}

const event = (name) => element('span', name === 'UNRESOLVED' ? 'bad' : name === 'PENDING' ? 'warn' : '', name);
const most = (rows, value) => rows.reduce((highest, row) => Math.max(highest, value(row)), 0);

function drawn(tag, attributes, ...content) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

const clock = (slot) => {
  const from = new Date(slot.from);
  return new Date(slot.to) - from < 86400000 ? from.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) : from.toLocaleDateString();
};

// Bars have their numbers on them where there is room, and a table has all: no color carries a meaning.
function bars(slots, wide) {
  const highest = Math.max(1, most(slots, (slot) => slot.count));
  const width = wide / slots.length, gap = Math.min(2, width / 6);
  const chart = drawn('svg', { viewBox: '0 0 ' + wide + ' 160', role: 'img',
    'aria-label': slots.reduce((sum, slot) => sum + slot.count, 0).toLocaleString() + ' sales in ' + slots.length + ' parts of the period, at most '
      + highest.toLocaleString() + ' in one' });
  chart.append(drawn('line', { x1: 0, x2: wide, y1: 130, y2: 130 }));
  slots.forEach((slot, place) => {
    const height = 105 * slot.count / highest;
    if (slot.count) {
      chart.append(drawn('rect', { x: place * width + gap, width: width - 2 * gap, y: 130 - height, height }, drawn('title', {}, clock(slot) + ': ' + slot.count)));
    }
    if (slot.count && (width > 30 || slot.count === highest)) {
      const middle = (place + 0.5) * width, anchor = middle < 30 ? 'start' : middle > wide - 30 ? 'end' : 'middle';
      chart.append(drawn('text', { x: anchor === 'end' ? wide : anchor === 'start' ? 0 : middle, y: 124 - height, 'text-anchor': anchor }, slot.count.toLocaleString()));
    }
  });
  chart.append(drawn('text', { x: 0, y: 150 }, clock(slots[0])), drawn('text', { x: wide, y: 150, 'text-anchor': 'end' }, 'now'));
  return chart;
}

function rate(slots) {
  const minutes = (from, to) => (new Date(to) - new Date(from)) / 60000;
  const last = slots[slots.length - 1];
  const sold = slots.reduce((sum, slot) => sum + slot.count, 0) / minutes(slots[0].from, last.to);
  const average = sold.toLocaleString([], sold < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 }) + ' sales a minute on average';
  return Math.round(minutes(last.from, last.to)) === 1 ? average + ', ' + last.count.toLocaleString() + ' in the last minute' : average;
}

function show(figures) {
  $('sales').hidden = !figures.slots.length;
  if (figures.slots.length) {
    $('chart').replaceChildren(bars(figures.slots, Math.max(280, $('chart').clientWidth)));
    $('rate').textContent = rate(figures.slots);
    table($('slots'), [
      ['From', (slot) => time(slot.from)],
      ['Sales', (slot) => slot.count.toLocaleString(), 'number'],
      ['Revenue', (slot) => slot.revenue.map((sum) => money(sum.amount) + ' on ' + sum.networkName).join(', ') || 'none'],
    ], figures.slots, '');
  }
  $('revenue').replaceChildren(...(figures.revenue.length ? figures.revenue.map((sum) => element('li', '',
    element('span', 'amount', money(sum.amount)),
    element('span', 'soft', sum.count.toLocaleString() + (sum.count === 1 ? ' sale' : ' sales') + ' on ' + sum.networkName),
    sum.testnet ? element('span', 'play', 'play money') : null)) : [element('li', 'soft', 'Nothing was sold in this period.')]));
  table($('unsettled').querySelector('.table'), [
    ['State', (sale) => event(sale.entry.event)],
    ['For', (sale) => age(sale.ageSeconds), 'number'],
    ...(user ? [['Do', (sale) => element('span', 'acts', button('Look now', sale, (pressed) => look(sale, pressed)),
      button('Decide', sale, () => decide(sale)))]] : []),
    ['Next look', (sale) => sale.nextLook ? time(sale.nextLook) : 'none planned'],
    ['Amount', (sale) => money(sale.entry.amount), 'number'],
    ['Route', (sale) => sale.entry.route, 'route'],
    ['Network', (sale) => sale.entry.networkName],
    ['Payer', (sale) => short(sale.entry.payer), 'id'],
    ['Transaction', (sale) => short(sale.entry.transaction), 'id'],
    ['Sale', (sale) => sale.entry.sale, 'id'],
  ], figures.unsettled, 'The outcome of every payment is known.');
  const top = most(figures.routes, (row) => row.revenue.count);
  table($('routes'), [
    ['Route', (row) => row.route, 'route'],
    ['Revenue', (row) => money(row.revenue.amount), 'number'],
    ['Network', (row) => row.revenue.networkName],
    ['Sales', (row) => count(row.revenue.count, top), 'number'],
  ], figures.routes, 'Nothing was sold in this period.');
  const refused = most(figures.refusals, (row) => row.count);
  table($('refusals'), [
    ['Event', (row) => row.event],
    ['Reason', (row) => row.reason || 'none given', 'route'],
    ['Payments', (row) => count(row.count, refused), 'number'],
  ], figures.refusals, 'No verified payment ended without being charged.');
  const written = most(figures.events, (row) => row.count);
  table($('events'), [
    ['Event', (row) => event(row.event)],
    ['Entries', (row) => count(row.count, written), 'number'],
  ], figures.events, 'The ledger has no entries of this period.');
  table($('entries'), [
    ['Time', (entry) => time(entry.time)],
    ['Event', (entry) => event(entry.event)],
    ['Amount', (entry) => money(entry.amount), 'number'],
    ['Route', (entry) => entry.route, 'route'],
    ['Network', (entry) => entry.networkName],
    ['Payer', (entry) => short(entry.payer), 'id'],
    ['Transaction', (entry) => short(entry.transaction), 'id'],
    ['Reason', (entry) => entry.reason || ''],
    ['Note', (entry) => entry.note || '', 'route'],
    ['Sale', (entry) => short(entry.sale), 'id'],
  ], figures.entries, 'No entry fits.');
}

function showPayers(payers) {
  const top = most(payers, (row) => row.revenue.count);
  table($('payers').querySelector('.table'), [
    ['Payer', (row) => short(row.payer), 'id'],
    ['Paid', (row) => money(row.revenue.amount), 'number'],
    ['Network', (row) => row.revenue.networkName],
    ['Sales', (row) => count(row.revenue.count, top), 'number'],
  ], payers, 'Nothing was sold in this period.');
}

function left(pass) {
  if (pass.balance) return money(pass.balance);
  return pass.uses ? pass.left.toLocaleString() + ' of ' + pass.uses.toLocaleString() : 'not counted';
}

// A scope without a name is that of a method, whose packages help no one.
function scope(text) {
  const made = element('span', '', text.split(' ').pop().replace(/(?:[a-z_]\w*\.)+(?=[A-Z])/g, ''));
  made.title = text;
  return made;
}

function showPasses(passes) {
  table($('passes').querySelector('.table'), [
    ['State', (pass) => element('span', pass.state === 'REVOKED' ? 'bad' : '', pass.state)],
    ['Opens', (pass) => pass.balance ? 'a balance' : scope(pass.scope), 'route'],
    ['Left', left, 'number'],
    ['Ends', (pass) => pass.expiresAt ? time(pass.expiresAt) : pass.state === 'PREPARED' ? '' : 'no end'],
    ['Paid', (pass) => money(pass.paid), 'number'],
    ['Network', (pass) => pass.networkName],
    ['Payer', (pass) => short(pass.payer), 'id'],
    ['Sold', (pass) => time(pass.preparedAt)],
    ['Pass', (pass) => short(pass.id), 'id'],
  ], passes, 'No pass or balance was sold.');
}

const condition = [
  ['State', (row) => element('span', row.usable ? '' : 'bad', row.usable ? 'usable' : 'not usable')],
  ['Last problem', (row) => row.problem || 'none', 'route'],
];

function showInstance(instance) {
  table($('facilitators'), [['Facilitator', (row) => row.name, 'route'], ...condition], instance.facilitators, 'There is no facilitator.');
  const milliseconds = (value) => value.toLocaleString([], { maximumFractionDigits: value < 10 ? 1 : 0 }) + ' ms';
  table($('calls'), [
    ['Call', (row) => row.operation],
    ['Number', (row) => row.count.toLocaleString(), 'number'],
    ['Average', (row) => milliseconds(row.meanMillis), 'number'],
    ['Longest of late', (row) => milliseconds(row.maxMillis), 'number'],
  ], instance.calls, 'None since the start, or there are no meters.');
  table($('nodes'), [['Node', (row) => row.name, 'route'], ...condition], instance.nodes, 'No own nodes are in use.');
  table($('gas'), [
    ['Account', (row) => short(row.account), 'id'],
    ['Network', (row) => row.networkName],
    ['Balance', (row) => row.balance, 'number'],
  ], instance.gas, 'No account of this application pays for gas, or no node responds.');
  table($('stores'), [
    ['Of', (row) => row.holds],
    ['Type', (row) => row.type, 'route'],
  ], instance.stores, 'There is no store.');
}

// A node that is slow keeps no one from the figures, and is not asked twice at a time.
async function instance() {
  if (reading) return;
  reading = true;
  try {
    const response = await fetch(base + '/instance', { cache: 'no-store', signal: AbortSignal.timeout(60000) });
    if (response.ok) showInstance(await response.json());
    $('unread').textContent = response.ok ? '' : 'This cannot be read (' + response.status + ').';
  } catch (failure) {
    $('unread').textContent = failure.message;
  }
  reading = false;
}

// There are many payers and passes, so that they are read for who wants to know.
const opened = { payers: showPayers, passes: showPasses };

async function showOpened(search, number) {
  for (const [part, shown] of Object.entries(opened)) {
    if (!$(part).open) continue;
    const response = await fetch(base + '/' + part + search, { cache: 'no-store', signal: AbortSignal.timeout(60000) });
    if (number !== asked) return;
    if (response.ok) shown(await response.json());
  }
}

function query() {
  const wanted = new URLSearchParams();
  for (const form of [$('period'), $('filter')]) {
    for (const [name, value] of new FormData(form)) if (value.trim()) wanted.set(name, value.trim());
  }
  return wanted.size ? '?' + wanted : '';
}

function problem(text) {
  $('problem').hidden = !text;
  if ($('problem').textContent !== text) $('problem').textContent = text;
}

async function update() {
  const number = ++asked;
  const search = query();
  $('csv').href = base + '/ledger.csv' + search;
  instance();
  try {
    const response = await fetch(base + '/figures' + search, { cache: 'no-store', signal: AbortSignal.timeout(60000) });
    if (number !== asked) return;
    if (!response.ok) throw new Error(response.status === 401 || response.status === 403
      ? 'You are not permitted to see the figures. Sign in again.' : 'The figures cannot be read (' + response.status + ').');
    show(await response.json());
    await showOpened(search, number);
    problem('');
    $('updated').textContent = 'Updated ' + new Date().toLocaleTimeString();
    document.body.dataset.x402 = 'shown';
  } catch (failure) {
    if (number === asked) problem(failure.message + ' What is shown may be old.');
  }
}

// A ledger that has a new entry is read at once, but no more than a third of the time; ages and breakers change without one.
async function live() {
  let newest = null, read = Date.now(), took = 0;
  for (;;) {
    await new Promise((done) => setTimeout(done, INTERVAL));
    if (paused || document.hidden || Date.now() - read < 2 * took) continue;
    let id = newest;
    try {
      const response = await fetch(base + '/newest', { cache: 'no-store', signal: AbortSignal.timeout(60000) });
      if (response.ok) id = (await response.json()).id;
    } catch (failure) {
      id = failure;
    }
    if (id !== newest || Date.now() - read > OLDEST) {
      const began = Date.now();
      await update();
      newest = id;
      read = Date.now();
      took = read - began;
    }
  }
}

$('period').addEventListener('change', update);
$('filter').addEventListener('change', update);
for (const part of Object.keys(opened)) $(part).addEventListener('toggle', () => $(part).open && update());
for (const form of [$('period'), $('filter')]) {
  form.addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    update();
  });
}
$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
  $('updated').textContent = paused ? 'Paused' : 'Loading…';
  if (!paused) update();
});
for (const pressed of $('decide').querySelectorAll('button[type=button]')) pressed.addEventListener('click', () => decided(pressed.value));
(async () => {
  try {
    user = (await (await fetch(base + '/hands', { cache: 'no-store' })).json()).user;
  } catch (failure) {
    user = null;
  }
  await update();
  live();
})();
})();
