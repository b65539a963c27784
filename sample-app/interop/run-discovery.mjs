// Lets the official validators of catalogues and indexes read the packaged sample:    npm run discovery
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR) and Java 17 or newer (JAVA_HOME or the PATH). Payments are simulated: none is made.
import { prepareRun } from './lib/run.mjs';

await prepareRun(5, ['LAB_SAMPLE_PORT']);
await import('./discovery.test.mjs');
