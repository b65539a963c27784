// What the documentation says that an answer of /settle proves. Read from docs/facilitators.md, not from the code.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DIR } from '../../lib/config.mjs';

const cells = (line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The lines of the table below a header row. */
function table(text, ...header) {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|') && header.every((title, i) => cells(line)[i] === title));
  if (start < 0) throw new Error(`docs/facilitators.md has no table with the columns ${header.join(', ')}`);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map(cells);
}

/** Numbers of a text such as "400–407, 410". */
function numbers(text) {
  return [...text.matchAll(/(\d{3})(?:–(\d{3}))?/g)].flatMap(([, from, to]) =>
    Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, i) => Number(from) + i),
  );
}

const SPEAKS_OF_REVERT = /^[^:]*:\s*The contract function /;
// custom errors that a text does not name may be those of a used nonce
const SPEAKS_OF_USE = /used|nonce|already|invalidated|\b0x[0-9a-f]{8}\b/i;

/** What the column about settle says of a meaning, as a decision. */
const RULES = [
  [/^unknown$/, () => 'unknown'],
  [/^declined$/, () => 'declined'],
  [
    /^declined; unknown if the payment may have been submitted before$/,
    ({ repeated }) => (repeated ? 'unknown' : 'declined'),
  ],
  [
    /^declined if no transaction was made and the contract says for another reason than a used authorization, else unknown; unknown if the payment may have been submitted before$/,
    ({ repeated, reason }) =>
      !repeated && SPEAKS_OF_REVERT.test(reason) && !SPEAKS_OF_USE.test(reason) ? 'declined' : 'unknown',
  ],
];

function rule(text) {
  const found = RULES.find(([pattern]) => pattern.test(text));
  if (!found) throw new Error(`the auditor does not know what this means: ${text}`);
  return found[1];
}

export class Documented {
  #meanings;
  #reasons;
  #refusing;

  constructor(text) {
    const meanings = table(text, 'Meaning', 'as a reason of verify', 'as a reason of settle');
    this.#meanings = new Map(meanings.map(([meaning, , settle]) => [meaning, rule(settle)]));
    const reasons = table(text, 'Reason', 'Meaning', 'Source');
    this.#reasons = new Map(reasons.map(([reason, meaning]) => [reason.replaceAll('`', ''), meaning]));
    const outcomes = table(text, 'Outcome of settle', 'is proved by');
    const [, notExecuted] = outcomes.find(([outcome]) => outcome.startsWith('not executed'));
    this.#refusing = new Set(numbers(notExecuted));
  }

  static read() {
    return new Documented(readFileSync(path.join(DIR, '../../docs/facilitators.md'), 'utf8'));
  }

  /**
   * @param answer status, and body (a message) or nothing at all
   * @param repeated whether the payment may have been submitted before
   * @returns settled | declined | not executed | unknown, for a seller without a node
   */
  concludes({ status, body }, repeated) {
    const message = typeof body?.success === 'boolean';
    if (!message) return body === undefined && this.#refusing.has(status) ? 'not executed' : 'unknown';
    if (body.success) return status < 300 && body.transaction && !body.errorReason ? 'settled' : 'unknown';
    const reason = body.errorReason ?? '';
    const meaning = this.#reasons.get(reason.split(':', 1)[0].trim());
    if (status >= 500 || meaning === undefined) return 'unknown';
    return body.transaction ? 'unknown' : this.#meanings.get(meaning)({ repeated, reason });
  }
}
