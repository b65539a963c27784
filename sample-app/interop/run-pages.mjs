// Lets a person with a browser pay the packaged sample:    node --test-reporter=spec run-pages.mjs
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR), Java 17 or newer (JAVA_HOME or the PATH) and Chromium (CHROMIUM or
// /usr/bin/chromium).
import { prepareRun } from './lib/run.mjs';

await prepareRun(10, ['LAB_CHAIN_PORT', 'LAB_FACILITATOR_PORT', 'LAB_FACILITATOR_ADMIN_PORT', 'LAB_SAMPLE_PORT', 'SHOP_PORT']);

// imported only now: they read the ports when they are loaded
await import('./build-contracts.mjs');
const { startLab } = await import('./lib/lab.mjs');
await startLab();
// first, since the other one stops all processes at its end
await import('./shop.test.mjs');
await import('./pages.test.mjs');
