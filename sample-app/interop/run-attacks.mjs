// Attacks with true facts of the chain on sellers that settle by themselves and by an official facilitator:    npm run attacks
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR) and Java 17 or newer (JAVA_HOME or the PATH).
import { freePorts } from './lib/ports.mjs';

const TIME_LIMIT_MINUTES = 5;

setTimeout(() => {
  console.error(`interop: not done after ${TIME_LIMIT_MINUTES} minutes, given up`);
  process.exit(1);
}, TIME_LIMIT_MINUTES * 60_000).unref();
process.on('SIGTERM', () => process.exit(1));
process.on('SIGINT', () => process.exit(1));

const names = ['LAB_CHAIN_PORT', 'LAB_FACILITATOR_PORT', 'LAB_FACILITATOR_ADMIN_PORT'];
const ports = await freePorts(names.length);
names.forEach((name, index) => {
  process.env[name] = String(ports[index]);
});

// imported only now: they read the ports when they are loaded
await import('./build-contracts.mjs');
await import('./attacks.test.mjs');
