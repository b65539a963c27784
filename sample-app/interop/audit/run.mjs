// An auditor from outside:    npm run audit    (AUDIT_SECONDS, AUDIT_SEED, AUDIT_STORE=postgres|redis, AUDIT_NODE=yes|no,
// AUDIT_WORKERS)
// Needs ../../target/sample-app-*.jar (or SAMPLE_JAR), Java 17 or newer and Docker. Ends with 1 if it finds a violation.
import { randomInt } from 'node:crypto';
import { freePorts } from '../lib/ports.mjs';

const seconds = Number(process.env.AUDIT_SECONDS ?? 600);
const settings = {
  seconds,
  seed: process.env.AUDIT_SEED ?? String(randomInt(1_000_000)),
  store: process.env.AUDIT_STORE ?? 'postgres',
  // whether the instances have a node to check with what the facilitator says
  node: process.env.AUDIT_NODE !== 'no',
  workers: Number(process.env.AUDIT_WORKERS ?? 5),
};
// an unknown outcome is looked into after 2, 5, 15 and 60 s, and then every 5 minutes; a look of an instance that was killed
// counts as under way for a minute; without a node there is always something that cannot be found out
const patience = settings.node ? (seconds > 60 ? 400 : 150) : 45;
const patienceMs = Number(process.env.AUDIT_PATIENCE ?? patience) * 1000;

setTimeout(
  () => {
    console.error('audit: not done in time, given up');
    process.exit(1);
  },
  (seconds + 300) * 1000 + 2 * patienceMs,
).unref();
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});
process.on('SIGTERM', () => process.exit(1));
process.on('SIGINT', () => process.exit(1));

const names = ['LAB_CHAIN_PORT', 'LAB_FACILITATOR_PORT', 'LAB_FACILITATOR_ADMIN_PORT', 'LAB_SAMPLE_PORT'];
const ports = await freePorts(names.length);
names.forEach((name, index) => {
  process.env[name] = String(ports[index]);
});

// imported only now: they read the ports when they are loaded
await import('../build-contracts.mjs');
const { Audit } = await import('./audit.mjs');
const audit = new Audit(settings);
console.log(
  `audit: seed ${settings.seed}, store ${settings.store}, ${settings.node ? 'a node' : 'no node'}, ${seconds} s`,
);
let code = 1;
try {
  const began = Date.now();
  const since = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
  await audit.start();
  console.log(`audit: started after ${since()}`);
  await audit.trade();
  await audit.heal();
  console.log(`audit: healed after ${since()}`);
  await audit.collect(patienceMs);
  console.log(`audit: collected after ${since()}`);
  const { violations, text } = await audit.judge();
  console.log(text);
  code = violations.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error);
} finally {
  await audit.stop();
}
process.exit(code);
