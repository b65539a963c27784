// One request over a connection of its own, told to the end however it ends.
import http from 'node:http';
import { readChallenge, readReceipt } from '../../lib/x402.mjs';
import { appraise } from './goods.mjs';

/**
 * Sends a request.
 * @param abortAfterMs when the buyer hangs up, if it does
 * @returns {id, status, code, whole, part, clean, receipt, replayed, challenge} or {id, error}, with the part of the goods that came before
 */
export function send(port, { id, method, path, body, headers = {} }, { abortAfterMs, timeoutMs = 12_000 } = {}) {
  return new Promise((resolve) => {
    const chunks = [];
    let response;
    let done = false;
    const finish = (error) => {
      if (done) return;
      done = true;
      clearTimeout(abort);
      clearTimeout(timeout);
      const text = Buffer.concat(chunks).toString('utf8');
      const clean = error === undefined && response !== undefined && response.complete;
      resolve({ id, clean, ...(error && { error }), ...(response && read(response, text)), ...appraise(text, id) });
      request.destroy();
    };
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: {
          ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
          ...headers,
          Connection: 'close',
        },
      },
      (incoming) => {
        response = incoming;
        incoming.on('data', (chunk) => chunks.push(chunk));
        incoming.on('end', () => finish());
        incoming.on('error', (error) => finish(error.code ?? error.message));
        incoming.on('aborted', () => finish('aborted'));
      },
    );
    const abort = abortAfterMs === undefined ? undefined : setTimeout(() => finish('hung up'), abortAfterMs);
    const timeout = setTimeout(() => finish('timed out'), timeoutMs);
    request.on('error', (error) => finish(error.code ?? error.message));
    request.end(body);
  });
}

function read(response, text) {
  const headers = new Headers(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return { status: response.statusCode, ...readAnswer(headers, text) };
}

/** What is said beside the goods. */
export function readAnswer(headers, text) {
  const challenge = readChallenge(headers, text);
  let receipt;
  try {
    receipt = readReceipt(headers);
  } catch {
    receipt = undefined;
  }
  return {
    code: codeOf(headers, text, challenge),
    receipt,
    replayed: headers.get('idempotent-replayed') === 'true',
    retryAfter: headers.get('retry-after') ?? undefined,
    challenge,
  };
}

function codeOf(headers, text, challenge) {
  if (!headers.get('content-type')?.includes('json') && challenge.v2 === undefined) return undefined;
  const { code, error, reason } = parse(text) ?? {};
  return code ?? reason ?? challenge.v2?.error ?? error;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
