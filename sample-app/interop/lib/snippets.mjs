// What the documentation shows in JavaScript, to be run as it stands there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DIR } from './config.mjs';

const AsyncFunction = (async () => {}).constructor;

/** The only JavaScript of a page, as a function of the names that it uses. It returns the values of `results`. */
export function snippetOf(page, names, results) {
  const found = [...readFileSync(path.join(DIR, '..', '..', 'docs', page), 'utf8').matchAll(/^```js\n([\s\S]*?)^```$/gm)];
  assert.equal(found.length, 1, `pieces of JavaScript on ${page}`);
  return (change = (text) => text) => new AsyncFunction(...names, `'use strict';\n${change(found[0][1])}\nreturn { ${results} };`);
}
