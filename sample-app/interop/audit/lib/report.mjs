// What an audit found, for people.
import { KINDS } from './judge.mjs';

const TIME_LINES_SHOWN = 6;

const count = (list, name) => {
  const counts = {};
  for (const item of list) counts[name(item)] = (counts[name(item)] ?? 0) + 1;
  return counts;
};

const listed = (counts) =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ') || 'none';

/** @returns {short, whole}: for the console, and for a file with the time line of every payment that is not right */
export function report({ audit, payments, transfers, ledger, violations }) {
  const sum = (list) => list.reduce((total, { amount }) => total + BigInt(amount), 0n);
  const settled = ledger.filter(({ event }) => event === 'SETTLED');
  const responses = payments.flatMap((payment) => payment.responses);
  const head = [
    `seed ${audit.seed}, store ${audit.store}, ${audit.node ? 'a node' : 'no node'}, ${audit.seconds} s of faults`,
    `purchases        ${audit.purchases.size}: ${listed(count([...audit.purchases.values()], ({ buyer }) => buyer))}`,
    `payments         ${payments.length}, charged ${transfers.length}, handler runs ${payments.reduce((total, { runs }) => total + runs, 0)}`,
    `routes           ${listed(count([...audit.purchases.values()], ({ name }) => name))}`,
    `responses        ${listed(count(responses, ({ status, code, error }) => error ?? (code ? `${status} ${code}` : status)))}`,
    `troubles         ${listed(audit.chaos)}`,
    `facilitator      ${listed(audit.facilitator.faults)}`,
    `money            chain ${sum(transfers)}, ledger ${sum(settled)} atomic units`,
  ];
  if (violations.length === 0) {
    const text = [...head, 'violations       none', ''].join('\n');
    return { short: text, whole: text };
  }
  const kinds = Object.entries(count(violations, ({ kind }) => kind)).sort(([, a], [, b]) => b - a);
  const table = [
    `violations       ${violations.length}`,
    '',
    ...kinds.map(([kind, number]) => `  ${String(number).padStart(4)}  ${kind.padEnd(20)} ${KINDS[kind] ?? ''}`),
    '',
    ...violations.map(
      ({ kind, payment, purchase, detail }) =>
        `  ${kind.padEnd(20)} ${(routeOf(audit, payment, purchase) ?? '-').padEnd(24)} ${payment?.slice(0, 8) ?? '-'}  ${detail}`,
    ),
  ];
  const wrong = [...new Set(violations.map(({ payment }) => payment).filter(Boolean))];
  const lines = wrong.map((key) => timeLine(audit, key, violations));
  return {
    short: [...head, ...table, ...lines.slice(0, TIME_LINES_SHOWN), ''].join('\n'),
    whole: [...head, ...table, ...lines, '', ...ledger.map((entry) => JSON.stringify(entry)), ''].join('\n'),
  };
}

function routeOf(audit, key, purchaseId) {
  const purchase = audit.purchases.get(purchaseId ?? audit.payments.get(key)?.purchase);
  return purchase && `${purchase.id} ${purchase.name}`;
}

function timeLine(audit, key, violations) {
  const payment = audit.payments.get(key);
  if (!payment) return '';
  const kinds = violations.filter((violation) => violation.payment === key).map(({ kind }) => kind);
  const events = audit.timeLine(payment);
  const own = events.filter(({ everybody }) => !everybody);
  const shown = events.filter(({ everybody, at }) => !everybody || own.some((event) => Math.abs(event.at - at) < 3));
  return [
    '',
    `  ${key.slice(0, 8)} ${routeOf(audit, key)} by ${payment.buyer}: ${kinds.join(', ')}; runs ${payment.runs}, excuses ${payment.excuses.length}`,
    ...shown.map(({ at, what, payment: _p, purchase: _u, everybody, ...facts }) => {
      const text = Object.entries(facts)
        .filter(([, value]) => value !== undefined && value !== false)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ');
      return `    ${at.toFixed(3).padStart(9)}  ${everybody ? '* ' : '  '}${what} ${text}`;
    }),
  ].join('\n');
}
