// Prepares a run: a time limit, an end on signals, and free ports. Loads nothing that reads the ports.
import { freePorts } from './ports.mjs';

export async function prepareRun(timeLimitMinutes, portNames) {
  setTimeout(() => {
    console.error(`interop: not done after ${timeLimitMinutes} minutes, given up`);
    process.exit(1);
  }, timeLimitMinutes * 60_000).unref();
  process.on('SIGTERM', () => process.exit(1));
  process.on('SIGINT', () => process.exit(1));
  const ports = await freePorts(portNames.length);
  portNames.forEach((name, index) => {
    process.env[name] = String(ports[index]);
  });
}
