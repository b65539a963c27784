// PostgreSQL or Redis in a container, which can be frozen as it stands.
import { execFile, execFileSync } from 'node:child_process';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const docker = async (...args) => (await run('docker', args)).stdout.trim();

const KINDS = {
  postgres: {
    image: 'postgres:17-alpine',
    port: 5432,
    env: ['POSTGRES_USER=x402', 'POSTGRES_PASSWORD=x402', 'POSTGRES_DB=x402'],
    command: ['postgres', '-c', 'fsync=off'],
    // asks for TLS, which only a server that takes connections answers
    hello: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
    settings: (port) => ({
      SPRING_DATASOURCE_URL: `jdbc:postgresql://127.0.0.1:${port}/x402`,
      SPRING_DATASOURCE_USERNAME: 'x402',
      SPRING_DATASOURCE_PASSWORD: 'x402',
    }),
  },
  redis: {
    image: 'redis:7-alpine',
    port: 6379,
    env: [],
    command: ['redis-server'],
    hello: Buffer.from('PING\r\n'),
    settings: (port) => ({ SPRING_DATA_REDIS_HOST: '127.0.0.1', SPRING_DATA_REDIS_PORT: String(port) }),
  },
};

/** Starts a database; `settings(port)` are the variables of the sample for a port that leads to it. */
export async function startDatabase(kind) {
  const { image, port, env, command, hello, settings } = KINDS[kind];
  const variables = env.flatMap((variable) => ['-e', variable]);
  const id = await docker('run', '-d', '--rm', ...variables, '-p', `127.0.0.1::${port}`, image, ...command);
  // the last resort, when a run is cut short before it could stop anything
  const lastResort = () => execFileSync('docker', ['rm', '-f', id], { stdio: 'ignore' });
  process.on('exit', lastResort);
  const published = Number((await docker('port', id, String(port))).split('\n')[0].split(':').at(-1));
  for (let attempt = 0; !(await answers(published, hello)); attempt++) {
    if (attempt > 300) throw new Error(`${image} does not answer: ${await docker('logs', '--tail', '20', id)}`);
    await sleep(200);
  }
  return {
    port: published,
    settings,
    freeze: () => docker('pause', id),
    thaw: () => docker('unpause', id),
    stop: async () => {
      process.off('exit', lastResort);
      await docker('rm', '-f', id);
    },
  };
}

function answers(port, hello) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(hello));
    const done = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.on('data', () => done(true));
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
    socket.setTimeout(1000, () => done(false));
  });
}
