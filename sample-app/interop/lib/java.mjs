import path from 'node:path';

/** Of a JVM that serves few requests and ends: the time of its start counts. */
export const LIGHT = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

export function javaCommand() {
  const { JAVA_HOME } = process.env;
  return JAVA_HOME ? path.join(JAVA_HOME, 'bin', 'java') : 'java';
}
