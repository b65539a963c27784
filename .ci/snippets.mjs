// Checks what the documentation shows in other languages than Java and YAML: node .ci/snippets.mjs
// Commands are parsed by bash, and the modules, profiles, classes and files that they name exist. JavaScript is parsed by Node. The
// configurations of nginx, Apache, HAProxy and Caddy are run in front of a server, and the largest headers of a payment must get through.
// node .ci/snippets.mjs run URL: compares what the README shows of the sample with the sample at a URL.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md'));
const read = (file) => readFileSync(join(ROOT, file), 'utf8');

const snippets = PAGES.flatMap((page) =>
  [...read(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(({ index, 1: language, 2: text }) => ({
    language,
    text,
    place: `${page}:${read(page).slice(0, index).split('\n').length}`,
    heading: read(page).slice(0, index).split(/^#+ /m).pop().split('\n')[0],
  })),
);

const faults = [];
const fault = (place, what) => faults.push(`${place}: ${what}`);

// --- commands

const pom = read('pom.xml');
const modules = [...pom.matchAll(/<module>(.*?)<\/module>/g)].map(([, name]) => name);
const profiles = modules.map((name) => read(`${name}/pom.xml`)).concat(pom).flatMap((text) => [...text.matchAll(/<id>([^<]+)<\/id>/g)].map(([, id]) => id));
const scripts = Object.keys(JSON.parse(read('sample-app/interop/package.json')).scripts);
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
const hasClass = (name) => tracked.some((file) => new RegExp(`/${name.split('.').pop().replaceAll('*', '[^/]*')}\\.(java|kt)$`).test(file));

function checkCommands(place, text) {
  const parsed = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
  if (parsed.status !== 0) fault(place, parsed.stderr.trim());
  for (const [, list] of text.matchAll(/-pl ([\w,!'-]+)/g)) {
    for (const name of list.replaceAll(/['!]/g, '').split(',')) if (!modules.includes(name)) fault(place, `there is no module ${name}`);
  }
  for (const [, list] of text.matchAll(/ -P([\w,-]+)/g)) {
    for (const name of list.split(',')) if (!profiles.includes(name)) fault(place, `there is no profile ${name}`);
  }
  for (const [, list] of text.matchAll(/-D(?:test|benchmark\.main)=([\w.,*]+)/g)) {
    for (const name of list.split(',')) if (!hasClass(name)) fault(place, `there is no class ${name}`);
  }
  for (const [, file] of text.matchAll(/(?:bash|docker compose -f) ([\w./-]+)/g)) {
    if (!existsSync(join(ROOT, file))) fault(place, `there is no file ${file}`);
  }
  for (const [, name] of text.matchAll(/npm run(?: -s)? (\w+)/g)) if (!scripts.includes(name)) fault(place, `there is no script ${name}`);
  for (const [, module] of text.matchAll(/java -jar (sample-\w+)/g)) if (!modules.includes(module)) fault(place, `there is no module ${module}`);
}

/** Commands in prose and tables, such as `mvn -B verify`. */
const inline = PAGES.flatMap((page) =>
  [...read(page).matchAll(/`((?:mvn|npm run|bash|docker compose) [^`\n]+)`/g)].map(([, text]) => ({ place: page, text: text.replaceAll('…', 'x') })),
);

function checkScript({ place, text }) {
  const parsed = spawnSync(process.execPath, ['--input-type=module', '--check'], { input: text, encoding: 'utf8' });
  if (parsed.status !== 0) fault(place, parsed.stderr.trim());
}

// --- proxies

const PAYMENT = 'p'.repeat(15 * 1024); // of a contract wallet, with the rest of the request 16 KB
const OFFER = 'o'.repeat(6 * 1024); // x402.header-limit
const MODULES = '/usr/lib/apache2/modules';

const found = (program) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${program}`], { encoding: 'utf8' }).stdout.trim();

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The snippet as it stands on the page, but for names of hosts, certificates, and what a process needs that is not installed as a service. */
const proxies = {
  nginx: {
    language: 'nginx',
    complete: (text, port) =>
      `daemon off; pid nginx.pid; error_log stderr; worker_processes 1; events {}\n${text
        .replace('http {', 'http {\n access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;')
        .replace('listen 443 ssl', `listen 127.0.0.1:${port}`)}`,
    args: (file, directory) => ['-p', directory, '-c', file],
  },
  apache2: {
    language: 'apache',
    complete: (text, port, directory) =>
      ['mpm_event', 'authz_core', 'proxy', 'proxy_http']
        .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so\n`)
        .join('') + `ServerName localhost\nServerRoot ${directory}\nPidFile ${directory}/pid\nErrorLog ${directory}/log\nListen 127.0.0.1:${port}\n${text}`,
    args: (file) => ['-D', 'FOREGROUND', '-f', file],
  },
  haproxy: {
    heading: 'HAProxy',
    complete: (text, port, directory, upstream) =>
      `${text}    timeout connect 5s\n    timeout client 120s\nfrontend f\n    bind 127.0.0.1:${port}\n    default_backend b\nbackend b\n    server app ${upstream}\n`,
    args: (file) => ['-db', '-f', file],
  },
  caddy: {
    heading: 'Caddy',
    complete: (text, port) => `{\n admin off\n auto_https off\n}\n${text.replace('api.example.com', `http://127.0.0.1:${port}`)}`,
    args: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  },
};

function request(port, headers) {
  return new Promise((resolve) => {
    http
      .get({ port, host: '127.0.0.1', path: '/weather', headers, maxHeaderSize: 64 * 1024, agent: false }, (response) => {
        response.resume().on('end', () => resolve(response));
      })
      .on('error', () => resolve(undefined));
  });
}

async function checkProxy(program, { language, heading, complete, args }, upstream) {
  const snippet = snippets.find((each) => each.place.startsWith('docs/proxies.md') && (each.language === language || each.heading === heading));
  if (!snippet) {
    fault('docs/proxies.md', `has no configuration of ${program}`);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), `${program}-`));
  const port = await freePort();
  const file = join(directory, 'proxy.conf');
  writeFileSync(file, complete(snippet.text, port, directory, upstream).replaceAll('app:8080', upstream));
  const log = [];
  const proxy = spawn(found(program), args(file, directory), { cwd: directory, env: { ...process.env, HOME: directory } });
  proxy.stderr.on('data', (data) => log.push(data));
  let ended = false;
  proxy.once('exit', () => (ended = true));
  try {
    let ready;
    for (let tries = 0; tries < 150 && !ready && !ended; tries++) {
      ready = await request(port, {});
      if (!ready) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (ready?.statusCode !== 402) {
      const said = log.join('').slice(-600);
      fault(snippet.place, `${program} does not start with it or does not reach the application: ${ready?.statusCode} ${said}`);
      return;
    }
    const before = faults.length;
    const paid = await request(port, { 'PAYMENT-SIGNATURE': PAYMENT });
    if (paid?.statusCode !== 200) fault(snippet.place, `${program} responds to the payment of a contract wallet with ${paid?.statusCode}`);
    if (ready.headers['payment-required'] !== OFFER) fault(snippet.place, `${program} loses the offer`);
    if (paid?.headers['payment-response'] !== 'receipt') fault(snippet.place, `${program} loses the receipt`);
    if (faults.length === before) console.log(`${snippet.place}: ${program} passes payments, offers and receipts`);
  } finally {
    proxy.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function checkProxies() {
  const application = http.createServer({ maxHeaderSize: 64 * 1024 }, (incoming, response) => {
    const payment = incoming.headers['payment-signature'];
    if (!payment) response.writeHead(402, { 'PAYMENT-REQUIRED': OFFER });
    else response.writeHead(payment === PAYMENT ? 200 : 500, { 'PAYMENT-RESPONSE': 'receipt' });
    response.end('{}');
  });
  await new Promise((resolve) => application.listen(0, '127.0.0.1', resolve));
  try {
    for (const [program, proxy] of Object.entries(proxies)) {
      if (found(program)) await checkProxy(program, proxy, `127.0.0.1:${application.address().port}`);
      else if (process.env.CI === 'true') fault('docs/proxies.md', `${program} is not installed`);
      else console.log(`${program} is not installed: its configuration is left out`);
    }
  } finally {
    application.close();
  }
}

// --- the sample

/** What follows a command in the README: status, headers and the beginning of a body, shortened with an ellipsis. */
async function compareWithSample(url) {
  const [{ text, place }] = snippets.filter(({ language, place: at }) => language === 'console' && at.startsWith('README.md'));
  for (const [, command, shown] of text.matchAll(/^\$ (curl .*)\n((?:(?!\$ ).*\n)*)/gm)) {
    const output = execFileSync('bash', ['-c', command.replaceAll('http://localhost:8080', url)], { encoding: 'utf8' }).replaceAll('\r', '');
    if (!output) fault(place, `${command} prints nothing`);
    for (const part of shown.replaceAll(/\n */g, '\n').split(/…|\n/).filter(Boolean)) {
      const words = part.startsWith('PAYMENT-REQUIRED: ') ? 'PAYMENT-REQUIRED: eyJ' : part.trim();
      if (!output.includes(words)) fault(place, `the sample does not print ${words}`);
    }
    console.log(`${place}: ${command}`);
  }
}

if (process.argv[2] === 'run') {
  await compareWithSample(process.argv[3]);
} else {
  for (const { language, text, place } of snippets) {
    if (language === 'shell') checkCommands(place, text);
    if (language === 'console') checkCommands(place, [...text.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command).join('\n'));
    if (language === 'js') checkScript({ place, text });
  }
  inline.forEach(({ place, text }) => checkCommands(place, text));
  console.log(`${snippets.filter(({ language }) => ['shell', 'console', 'js'].includes(language)).length} snippets and ${inline.length} commands in prose parsed`);
  await checkProxies();
}
faults.forEach((each) => console.log(`ERROR: ${each}`));
process.exit(faults.length ? 1 : 0);
