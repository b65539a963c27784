// The packaged sample, unpacked and with an archive of its classes, for runs that start it often: that takes 40 % off the CPU
// time of each start.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { RUN_DIR } from './config.mjs';
import { javaCommand, LIGHT } from './java.mjs';
import { findJar } from './lab.mjs';

const FAST_START = [...LIGHT, '-Xmx320m', '-Xss512k'];

const FOR_ALL = path.join(RUN_DIR, 'application');

/**
 * Unpacks the sample into a directory and archives the classes of one start.
 * @param env the environment of that start, in addition
 * @returns the arguments of java that start it
 */
export async function prepareApplication(directory, env) {
  const run = promisify(execFile);
  const jar = findJar();
  rmSync(directory, { recursive: true, force: true });
  await run(javaCommand(), ['-Djarmode=tools', '-jar', jar, 'extract', '--destination', directory]);
  const unpacked = path.join(directory, path.basename(jar));
  const archive = path.join(directory, 'classes.jsa');
  const options = [...FAST_START, `-XX:ArchiveClassesAtExit=${archive}`, '-Dspring.context.exit=onRefresh'];
  await run(javaCommand(), [...options, '-jar', unpacked], { env: { ...process.env, ...env, SERVER_PORT: '0' } });
  return [...FAST_START, `-XX:SharedArchiveFile=${archive}`, '-Xshare:auto', '-Xlog:disable', '-jar', unpacked];
}

/** The same for the jar as it is, once for all runs that start it. */
export async function preparedApplication() {
  const { mtimeMs, size } = statSync(findJar());
  const made = { jar: findJar(), mtimeMs, size, java: javaCommand() };
  const note = path.join(FOR_ALL, 'made.json');
  if (existsSync(note)) {
    const { application, ...before } = JSON.parse(readFileSync(note, 'utf8'));
    if (JSON.stringify(before) === JSON.stringify(made)) return application;
  }
  mkdirSync(RUN_DIR, { recursive: true });
  const application = await prepareApplication(FOR_ALL, { SPRING_PROFILES_ACTIVE: 'lab' });
  writeFileSync(note, JSON.stringify({ ...made, application }));
  return application;
}
