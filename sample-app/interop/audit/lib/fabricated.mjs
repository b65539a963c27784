// Made-up evidence about one payment, `a`, of purchase `p` for 10000, for tests of the judge.

const receipt = () => ({ success: true, transaction: '0x1' });
export const goods = () => ({ id: 'p', status: 200, whole: true, part: false, clean: true, receipt: receipt() });
export const part = ({ clean }) => ({ id: 'p', status: 200, whole: false, part: true, clean });
export const failed = () => ({ id: 'p', status: 500, whole: false, part: false, clean: true });
export const pending = () => ({ ...failed(), status: 503, code: 'settlement_pending' });
export const declined = () => ({
  ...failed(),
  status: 402,
  code: 'settlement_declined',
  receipt: { success: false, errorReason: 'insufficient_funds', transaction: '' },
});
export const unreceipted = (response) => ({ ...response, receipt: undefined });
export const final = (response) => ({ ...response, final: true });

/** @param facts of the payment; `transfers` and `ledger` say what the chain and the ledger have, in short */
export function evidence({
  responses = [],
  runs = 1,
  route = { method: 'GET' },
  transfers = [],
  ledger = [],
  ...facts
}) {
  const { excuses = [], lost = false, amount = '10000', conclusions = [], node = true } = facts;
  return {
    payments: [
      { key: 'a', purchase: 'p', charge: 10000n, routes: [route], responses, runs, excuses, lost, conclusions },
    ],
    node,
    purchases: [{ id: 'p', payments: ['a'] }],
    transfers: transfers.map((transfer) => ({ transaction: '0x1', amount: 10000n, payments: ['a'], ...transfer })),
    ledger: ledger.map((event) => ({
      event,
      purchase: 'l',
      route: 'GET /goods',
      amount,
      transaction: event === 'SETTLED' ? '0x1' : undefined,
    })),
  };
}

/** A sale, with changes. */
export const charged = (changes = {}) =>
  evidence({ responses: [goods()], transfers: [{}], ledger: ['VERIFIED', 'SETTLED'], ...changes });
