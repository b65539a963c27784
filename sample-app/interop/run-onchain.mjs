// The official buyers pay the packaged sample, which settles by itself on the chain, and for others:    npm run onchain
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR) and Java 17 or newer (JAVA_HOME or the PATH).
import { freePorts } from './lib/ports.mjs';

const TIME_LIMIT_MINUTES = 10;

setTimeout(() => {
  console.error(`interop: not done after ${TIME_LIMIT_MINUTES} minutes, given up`);
  process.exit(1);
}, TIME_LIMIT_MINUTES * 60_000).unref();
process.on('SIGTERM', () => process.exit(1));
process.on('SIGINT', () => process.exit(1));

const names = [
  'LAB_CHAIN_PORT',
  'LAB_SAMPLE_PORT',
  'LAB_PERMIT2_PORT',
  'LAB_SELLER_PORT',
  'LAB_PERMIT2_SELLER_PORT',
];
const ports = await freePorts(names.length);
names.forEach((name, index) => {
  process.env[name] = String(ports[index]);
});

// imported only now: they read the ports when they are loaded
await import('./build-contracts.mjs');
await import('./onchain.test.mjs');
