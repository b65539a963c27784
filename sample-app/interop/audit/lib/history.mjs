// What the auditor saw and did, in order, and what it knows of every payment.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export class History {
  #file;
  #started = Date.now();
  events = [];
  purchases = new Map();
  payments = new Map();

  constructor(file) {
    this.#file = file;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
  }

  /**
   * Notes an event.
   * @param what a word
   * @param facts among them `payment` (its key) or `purchase` (its id), where it concerns one
   */
  note(what, facts = {}) {
    const event = { at: (Date.now() - this.#started) / 1000, what, ...facts };
    this.events.push(event);
    appendFileSync(this.#file, `${JSON.stringify(event, (_, v) => (typeof v === 'bigint' ? String(v) : v))}\n`);
    return event;
  }

  purchase(facts) {
    const purchase = { payments: [], ...facts };
    this.purchases.set(purchase.id, purchase);
    return purchase;
  }

  /** Learns of a payment, from its signing or from the wire; the second time it is the same one. */
  payment(key, facts) {
    if (!this.payments.has(key)) {
      const payment = { key, requests: [], responses: [], conclusions: [], excuses: [], lost: false, ...facts };
      this.payments.set(key, payment);
      this.purchases.get(facts.purchase)?.payments.push(payment);
      this.note('signed', { payment: key, purchase: facts.purchase, buyer: facts.buyer });
    }
    return this.payments.get(key);
  }

  timeLine(payment) {
    return this.events.filter(
      (event) =>
        event.payment === payment.key ||
        (event.purchase !== undefined && event.purchase === payment.purchase) ||
        event.everybody,
    );
  }
}
