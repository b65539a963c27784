// Lets buyers of the Machine Payments Protocol pay the handlers of the packaged sample that buyers of x402 pay:    npm run mpp
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR) and Java 17 or newer (JAVA_HOME or the PATH).
import { prepareRun } from './lib/run.mjs';

await prepareRun(5, ['LAB_CHAIN_PORT', 'LAB_FACILITATOR_PORT', 'LAB_FACILITATOR_ADMIN_PORT', 'LAB_SAMPLE_PORT']);

// imported only now: they read the ports when they are loaded
await import('./build-contracts.mjs');
const { startLab } = await import('./lib/lab.mjs');
const { SECRET } = await import('./lib/mpp.mjs');
await startLab({ X402_MPP_ENABLED: 'true', X402_MPP_SECRET: SECRET });
await import('./mpp.test.mjs');
