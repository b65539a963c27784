// Attacks with true facts of the chain on sellers that settle by themselves and by an official facilitator:    npm run attacks
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR) and Java 17 or newer (JAVA_HOME or the PATH).
import { prepareRun } from './lib/run.mjs';

await prepareRun(5, ['LAB_CHAIN_PORT', 'LAB_FACILITATOR_PORT', 'LAB_FACILITATOR_ADMIN_PORT']);

// imported only now: they read the ports when they are loaded
await import('./build-contracts.mjs');
await import('./attacks.test.mjs');
