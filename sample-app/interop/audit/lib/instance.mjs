// A process of the sample that can be killed, frozen and started again. Its log and the log of its handler runs go on.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_DIR } from '../../lib/config.mjs';
import { javaCommand } from '../../lib/java.mjs';

const START_TIMEOUT_MS = 120_000;

process.setMaxListeners(0);

export class Instance {
  #child;

  constructor({ name, port, application, env, history }) {
    Object.assign(this, { name, port, application, env, history });
    this.url = `http://127.0.0.1:${port}`;
    this.logFile = path.join(RUN_DIR, `audit-sample-${name}.log`);
    this.runFile = path.join(RUN_DIR, `audit-runs-${name}.log`);
    rmSync(this.logFile, { force: true });
    rmSync(this.runFile, { force: true });
  }

  async start() {
    const log = openSync(this.logFile, 'a');
    const env = { ...process.env, ...this.env, SERVER_PORT: String(this.port), LAB_RUN_LOG: this.runFile };
    const child = spawn(javaCommand(), this.application, { env, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    process.once('exit', () => child.kill('SIGKILL'));
    this.history.note('instance started', { instance: this.name });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.isUp())) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
        throw new Error(`instance ${this.name} does not start:\n${this.log().slice(-4000)}`);
      await sleep(100);
    }
    this.history.note('instance up', { instance: this.name, everybody: true });
  }

  /** What watches over an instance in production: it starts it until it runs, also while its store is out of reach. */
  async keepStarting() {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.start();
      } catch (error) {
        this.history.note('instance did not start', { instance: this.name, everybody: true });
        if (attempt === 10) throw error;
        await sleep(300);
      }
    }
  }

  isUp() {
    return fetch(`${this.url}/free`, { signal: AbortSignal.timeout(1000) }).then(
      (response) => response.ok,
      () => false,
    );
  }

  get isRunning() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async kill(signal = 'SIGKILL') {
    if (!this.isRunning) return;
    const exited = new Promise((resolve) => this.#child.on('exit', resolve));
    this.#child.kill('SIGCONT');
    this.#child.kill(signal);
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    await exited;
    clearTimeout(patience);
  }

  async freeze(ms) {
    this.#child.kill('SIGSTOP');
    await sleep(ms);
    this.#child.kill('SIGCONT');
  }

  log() {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  /** How often a handler ran, by the id of the purchase it ran for. */
  runs() {
    const counts = new Map();
    if (!existsSync(this.runFile)) return counts;
    for (const line of readFileSync(this.runFile, 'utf8').split('\n').filter(Boolean)) {
      const [id] = line.split(' ', 1);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }
}
