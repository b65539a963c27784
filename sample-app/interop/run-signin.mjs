// Lets the official buyer sign in to the packaged sample with its extension:    npm run signin
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR) and Java 17 or newer (JAVA_HOME or the PATH). Payments are simulated.
import { prepareRun } from './lib/run.mjs';

await prepareRun(5, ['LAB_SAMPLE_PORT']);
await import('./signin.test.mjs');
