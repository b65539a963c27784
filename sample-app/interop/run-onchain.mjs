// The official buyers pay the packaged sample, which settles by itself on the chain, and for others:    npm run onchain
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR) and Java 17 or newer (JAVA_HOME or the PATH).
import { prepareRun } from './lib/run.mjs';

await prepareRun(10, [
  'LAB_CHAIN_PORT',
  'LAB_SAMPLE_PORT',
  'LAB_PERMIT2_PORT',
  'LAB_SELLER_PORT',
  'LAB_PERMIT2_SELLER_PORT',
]);

// imported only now: they read the ports when they are loaded
await import('./build-contracts.mjs');
await import('./onchain.test.mjs');
