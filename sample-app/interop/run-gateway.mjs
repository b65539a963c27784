// Lets official buyers pay for an API in Node through the packaged gateway:    npm run gateway
// Needs ../../sample-gateway/target/sample-gateway-*.jar (or GATEWAY_JAR) and Java 17 or newer (JAVA_HOME or the PATH).
import { prepareRun } from './lib/run.mjs';

await prepareRun(5, [
  'LAB_CHAIN_PORT',
  'LAB_FACILITATOR_PORT',
  'LAB_FACILITATOR_ADMIN_PORT',
  'LAB_GATEWAY_PORT',
  'LAB_UPSTREAM_PORT',
]);

// imported only now: they read the ports when they are loaded
await import('./build-contracts.mjs');
await import('./gateway.test.mjs');
