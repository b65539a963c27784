// Child processes of a run: each logs to run/NAME.log, is waited for until it can be used, and is ended by its pid.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RUN_DIR } from './config.mjs';

const POLL_MS = 50;
const children = [];

export const logOf = (name) => readFileSync(path.join(RUN_DIR, `${name}.log`), 'utf8');

/**
 * Starts a process.
 * @param ready asked again and again with the log so far, until it says true
 * @param timeoutMs how long that may take
 * @returns {Promise<import('node:child_process').ChildProcess>} the process
 */
export async function start({ name, command, args, env, ready, timeoutMs = 30_000 }) {
  mkdirSync(RUN_DIR, { recursive: true });
  const log = openSync(path.join(RUN_DIR, `${name}.log`), 'w');
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
  closeSync(log);
  children.push(child);
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  const trouble = await Promise.race([ended, untilReady(name, ready, timeoutMs)]);
  if (trouble) throw new Error(`${name} cannot be used: ${trouble}\n${logOf(name).slice(-4000)}`);
  return child;
}

async function untilReady(name, ready, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await ready(logOf(name))) return undefined;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return `not ready after ${timeoutMs / 1000} s`;
}

/** Ends every process that was started, the last one first. */
export async function stopAll() {
  for (const child of children.splice(0).reverse()) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) continue;
    const exited = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(patience);
  }
}

// the last resort, when a run is cut short before it could wait for anything
process.on('exit', () => children.forEach((child) => child.kill('SIGTERM')));
