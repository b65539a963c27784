// Lets MCP clients pay the tools of the packaged sample:    npm run mcp
// Needs ../target/sample-app-*.jar (or SAMPLE_JAR) and Java 17 or newer (JAVA_HOME or the PATH).
import { prepareRun } from './lib/run.mjs';

await prepareRun(8, [
  'LAB_CHAIN_PORT',
  'LAB_FACILITATOR_PORT',
  'LAB_FACILITATOR_ADMIN_PORT',
  'LAB_SAMPLE_PORT',
  'LAB_STATELESS_PORT',
  'LAB_SSE_PORT',
  'LAB_ASYNC_PORT',
  'LAB_ASYNC_STATELESS_PORT',
  'LAB_ASYNC_SSE_PORT',
]);

// A dozen samples start and end soon: compiling them well is not worth it
process.env.JAVA_TOOL_OPTIONS ??= '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

// imported only now: they read the ports when they are loaded
await import('./build-contracts.mjs');
const { startLab } = await import('./lib/lab.mjs');
await startLab();
await import('./mcp.test.mjs');
