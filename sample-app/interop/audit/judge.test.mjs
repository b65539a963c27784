// The auditor's judgement on made-up histories: one for each kind of violation, and its honest neighbour.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge, KINDS, RERUNS, UNCHARGED_RUNS } from './lib/judge.mjs';
import { charged, declined, evidence, failed, final, goods, part, pending, unreceipted } from './lib/fabricated.mjs';

const kinds = (facts) => judge(facts).map(({ kind }) => kind);
const assertRight = (facts) => assert.deepEqual(judge(facts), []);
const assertKinds = (facts, ...expected) => assert.deepEqual(kinds(facts).sort(), expected.sort());

describe('the judge', () => {
  test('finds nothing wrong with a sale', () => assertRight(charged()));
  test('finds nothing wrong with a payment that was refused', () =>
    assertRight(evidence({ responses: [declined(), final(declined())], runs: 1, ledger: ['DECLINED'] })));
  test('knows every kind that it reports', () => {
    for (const kind of kinds(evidence({ responses: [goods()], transfers: [{}], ledger: [] })))
      assert.ok(KINDS[kind], kind);
  });

  describe('wants what is charged to be delivered or collectable', () => {
    const undelivered = { responses: [{ error: 'ECONNRESET' }, final(failed())], runs: 1 };
    test('when nobody ever got it', () => assertKinds(charged(undelivered), 'charged-undelivered'));
    test('when it can be collected', () =>
      assertRight(charged({ responses: [{ error: 'ECONNRESET' }, final(goods())], runs: 1 })));
    test('when a part was all there was', () =>
      assertKinds(charged({ responses: [part({ clean: false }), final(failed())], runs: 1 }), 'charged-undelivered'));
    test('when a large response to an unsafe method was lost after it had left', () => {
      const route = { method: 'POST', stored: false };
      assertRight(charged({ ...undelivered, route, lost: true }));
      assertKinds(charged({ ...undelivered, route, lost: false }), 'charged-undelivered');
      assertKinds(charged({ ...undelivered, route: { ...route, method: 'GET' }, lost: true }), 'charged-undelivered');
    });
    test('when a stream failed after its release', () =>
      assertRight(
        charged({ responses: [part({ clean: false })], route: { method: 'GET', stored: false, breaks: true } }),
      ));
  });

  describe('wants what is not charged not to be delivered', () => {
    test('as a whole', () => assertKinds(evidence({ responses: [unreceipted(goods())] }), 'delivered-uncharged'));
    test('in part', () => assertKinds(evidence({ responses: [part({ clean: false })] }), 'delivered-uncharged'));
    test('when it is repeated at the end', () =>
      assertKinds(evidence({ responses: [failed(), final(unreceipted(goods()))] }), 'delivered-uncharged'));
  });

  describe('wants one charge of the right amount', () => {
    test('for a purchase with two payments', () => {
      const facts = charged();
      facts.payments.push({ ...facts.payments[0], key: 'b' });
      facts.purchases[0].payments.push('b');
      facts.transfers.push({ ...facts.transfers[0], transaction: '0x2', payments: ['b'] });
      facts.ledger.push({ ...facts.ledger.at(-1), transaction: '0x2' });
      assert.ok(kinds(facts).includes('charged-twice'));
    });
    test('and not another one', () =>
      assertKinds(charged({ transfers: [{ amount: 1n }], amount: '1' }), 'wrong-amount'));
    test('for a payment that is known', () => {
      const facts = charged();
      facts.transfers.push({ transaction: '0x9', amount: 5n, payments: [] });
      facts.ledger.push({ ...facts.ledger.at(-1), transaction: '0x9', amount: '5', sale: 'other' });
      assertKinds(facts, 'unknown-transfer');
    });
  });

  describe('wants a handler to run once', () => {
    test('for a sale', () => assertKinds(charged({ runs: 2 }), 'ran-too-often'));
    test('unless its instance was killed', () => assertRight(charged({ runs: 2, excuses: ['killed'] })));
    test('unless it failed, and then not for ever', () => {
      const route = { method: 'GET', fails: true };
      assertRight(evidence({ responses: [failed()], route, runs: UNCHARGED_RUNS }));
      assertKinds(evidence({ responses: [failed()], route, runs: UNCHARGED_RUNS + 1 }), 'ran-too-often');
    });
    test('unless its response cannot be stored, and then not for ever', () => {
      const route = { method: 'GET', stored: false };
      assertRight(charged({ route, runs: 1 + RERUNS }));
      assertKinds(charged({ route, runs: RERUNS + UNCHARGED_RUNS + 1 }), 'ran-too-often');
    });
    test('unless its transaction was rolled back before the charge was known', () => {
      const route = { method: 'POST', fails: true, books: true };
      assertRight(charged({ route, runs: UNCHARGED_RUNS + 1 }));
      assertKinds(evidence({ responses: [failed()], route, runs: UNCHARGED_RUNS + 1 }), 'ran-too-often');
    });
    test('and not at all without a payment', () =>
      assertKinds({ ...charged(), strayRuns: new Map([['p-1-1', 1]]) }, 'ran-unpaid'));
  });

  describe('wants buyers to be told the truth', () => {
    test('that nothing was charged', () =>
      assertKinds(charged({ responses: [declined(), final(goods())] }), 'said-uncharged'));
    test('that nothing was charged, in the code alone', () =>
      assertKinds(charged({ responses: [{ ...failed(), code: 'settlement_declined' }, goods()] }), 'said-uncharged'));
    test('that it is pending', () => assertRight(charged({ responses: [pending(), final(goods())] })));
    test('that something was charged', () =>
      assertKinds(
        charged({ responses: [{ ...goods(), receipt: { success: true, transaction: '0xff' } }] }),
        'false-receipt',
      ));
    test('that a part is a part', () => {
      const route = { method: 'GET', stored: false, breaks: true };
      assertRight(charged({ route, responses: [part({ clean: false })] }));
      assertKinds(charged({ route, responses: [part({ clean: true })] }), 'fragment');
    });
    test('by our buyer', () => {
      assertKinds(
        { ...evidence({ responses: [] }), purchases: [{ id: 'p', payments: ['a'], result: 'paid' }] },
        'buyer-misled',
      );
      assertKinds({ ...charged(), purchases: [{ id: 'p', payments: ['a'], result: 'refused' }] }, 'buyer-misled');
    });
  });

  describe('excuses a seller without a node that was lied to', () => {
    const told = (conclusion, right) => ({ node: false, conclusions: [{ conclusion, right }] });
    const denied = { responses: [declined(), final(declined())], ledger: ['VERIFIED', 'DECLINED'] };
    const waiting = { responses: [pending(), final(pending())], ledger: ['VERIFIED', 'PENDING'] };
    test('in words that it has to believe', () => assertRight(charged({ ...denied, ...told('declined', false) })));
    test('in words that prove nothing, if it says no more than that it does not know', () => {
      assertRight(charged({ ...waiting, ...told('unknown', false) }));
      assertKinds(charged({ ...denied, ...told('unknown', false) }), 'said-uncharged');
    });
    test('but not one that was told the truth', () =>
      assertKinds(
        charged({ ...waiting, ...told('settled', true) }),
        ...['charged-undelivered', 'undecided', 'ledger-missing', 'ledger-pending'],
      ));
    test('but not one that has a node', () => {
      const kinds = ['said-uncharged', 'charged-undelivered', 'ledger-missing'];
      assertKinds(charged({ ...denied, ...told('declined', false), node: true }), ...kinds);
    });
  });

  test('wants one payment to buy one thing', () =>
    assertKinds(charged({ responses: [goods(), { ...goods(), id: 'p-x' }] }), 'two-requests'));

  describe('wants an end', () => {
    test('for buyers', () =>
      assertKinds(evidence({ responses: [pending(), final(pending())], ledger: [] }), 'undecided'));
    test('for the ledger', () =>
      assertKinds(evidence({ responses: [failed()], ledger: ['VERIFIED', 'PENDING'] }), 'ledger-pending'));
    test('which the ledger may reach later', () =>
      assertRight(evidence({ responses: [failed()], ledger: ['VERIFIED', 'PENDING', 'DECLINED'] })));
  });

  describe('wants the ledger to be the chain', () => {
    test('with every transfer', () => assertKinds(charged({ ledger: [] }), 'ledger-missing'));
    test('with every transfer once', () => assertKinds(charged({ ledger: ['SETTLED', 'SETTLED'] }), 'ledger-surplus'));
    test('with no other transfer', () => {
      const facts = charged();
      facts.ledger.push({ ...facts.ledger.at(-1), transaction: '0x7', sale: 'other' });
      assertKinds(facts, 'ledger-surplus');
    });
    test('to the atomic unit', () => assertKinds(charged({ amount: '10001' }), 'ledger-amount'));
    test('without contradiction', () =>
      assertKinds(charged({ ledger: ['SETTLED', 'DECLINED'] }), 'ledger-contradicts'));
  });

  describe('wants a transactional handler to write if and only if it is paid', () => {
    const booked = (facts, ...bookings) => ({
      ...facts,
      bookings,
      purchases: [{ id: 'p', payments: ['a'], books: true, delivered: true }],
    });
    test('not without a charge', () => {
      assertKinds(booked(evidence({ responses: [failed()] }), 'p'), 'booked-unpaid');
      assertRight(booked(evidence({ responses: [failed()] })));
    });
    test('not twice', () => assertKinds(booked(charged(), 'p', 'p'), 'booked-unpaid'));
    test('and not less', () => {
      assertKinds(booked(charged()), 'paid-unbooked');
      assertRight(booked(charged(), 'p'));
    });
  });

  test('every kind has an explanation', () => assert.ok(Object.values(KINDS).every(Boolean)));
});
