// What the auditor reads in docs/facilitators.md.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Documented } from './lib/documented.mjs';

const documented = Documented.read();
const failure = (errorReason, transaction = '') => ({
  status: 200,
  body: { success: false, errorReason, transaction },
});
const assertConcludes = (expected, answer, repeated = false) =>
  assert.equal(documented.concludes(answer, repeated), expected);

describe('the documentation says that an answer proves', () => {
  test('a settlement by its receipt', () => {
    assertConcludes('settled', { status: 200, body: { success: true, transaction: '0x1' } });
    assertConcludes('unknown', { status: 200, body: { success: true, transaction: '' } });
  });
  test('nothing executed by a refusal without a message', () => {
    for (const status of [400, 403, 422]) assertConcludes('not executed', { status });
    for (const status of [408, 409, 500, 503]) assertConcludes('unknown', { status });
  });
  test('a decline by a reason that excludes a charge', () => {
    assertConcludes('declined', failure('invalid_exact_evm_recipient_mismatch'), true);
    assertConcludes('declined', failure('insufficient_funds'));
    assertConcludes('unknown', failure('insufficient_funds'), true);
    assertConcludes('unknown', { ...failure('invalid_exact_evm_recipient_mismatch'), status: 500 });
  });
  test('nothing by a reason that no list knows', () => {
    assertConcludes('unknown', failure('settle_exact_node_failure'));
    assertConcludes('unknown', failure('some words'));
    assertConcludes('unknown', failure('insufficient_funds', '0x1'));
    assertConcludes('unknown', failure('invalid_exact_evm_nonce_already_used'));
    assertConcludes('unknown', failure('invalid_exact_evm_transaction_failed: HTTP request failed.'));
  });
});
