// Runs the corpus through the installed official packages and records their verdicts for the tests of the library.
//   node corpus/record.mjs            writes the fixtures
//   node corpus/record.mjs --check    fails if the fixtures say something else than the installed packages
import './clock.mjs';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { answers, challenges, payments, requests } from './cases.mjs';
import { answerVerdicts, challengeVerdicts, paymentVerdicts, requestVerdicts } from './official.mjs';

const FIXTURES = path.resolve(
  import.meta.dirname,
  '../../../x402-spring-boot-autoconfigure/src/test/resources/io/x402/spring/corpus',
);
const check = process.argv.includes('--check');

async function record(name, cases, verdicts) {
  const names = cases.map((each) => each.name);
  const twice = names.find((each, i) => names.indexOf(each) !== i);
  if (twice) throw new Error(`two cases of ${name} are called: ${twice}`);
  const lines = [];
  for (const each of cases) lines.push(JSON.stringify({ ...each, official: await verdicts(each) }));
  const json = `[\n${lines.join(',\n')}\n]\n`;
  const file = path.join(FIXTURES, `${name}.json`);
  if (!check) {
    writeFileSync(file, json);
  } else if (readFileSync(file, 'utf8') !== json) {
    const old = new Set(readFileSync(file, 'utf8').split('\n'));
    for (const line of json.split('\n').filter((each) => !old.has(each)).slice(0, 20)) console.error(line);
    console.error(`${name}: the installed packages decide otherwise than recorded; run node corpus/record.mjs`);
    process.exitCode = 1;
  }
  console.log(`${name}: ${cases.length} cases`);
}

mkdirSync(FIXTURES, { recursive: true });
await record('challenges', challenges(), challengeVerdicts);
await record('payments', await payments(), paymentVerdicts);
await record('answers', answers(), answerVerdicts);
await record('requests', await requests(), requestVerdicts);
process.exit();
