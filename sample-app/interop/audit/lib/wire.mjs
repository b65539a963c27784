// TCP connections that can be lost: between buyers and instances, and between instances and their store.
import net from 'node:net';

const HOST = '127.0.0.1';

const PAYMENT_HEADER = /^(payment-signature|x-payment):[ \t]*(\S+)/im;

/** Headers that belong to the connection and not to the request. */
const HOP = /^(host|connection|content-length|transfer-encoding|expect|payment-signature|x-payment)$/;

/**
 * Leads to a server and loses connections on request.
 *   fault()    chosen for each connection: undefined, or {when: 'before' | 'during' | 'after' | 'partly' | 'slow', ms, bytes}
 *   seen(…)    told of requests with a payment {method, path, headers, headerName, payment, lost()}
 */
export class Wire {
  #server;
  #sockets = new Set();
  #down = false;
  #stalled = false;

  constructor(target, { fault = () => undefined, seen } = {}) {
    this.target = target;
    this.fault = fault;
    this.seen = seen;
  }

  async start() {
    this.#server = net.createServer({ allowHalfOpen: false }, (client) => this.#connect(client));
    await new Promise((resolve) => this.#server.listen(0, HOST, resolve));
    this.port = this.#server.address().port;
    return this;
  }

  stop() {
    this.reset();
    this.#server.close();
  }

  /** Loses all connections; those that follow are served. */
  reset() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Refuses connections and loses the present ones, or ends that. */
  set down(value) {
    this.#down = value;
    if (value) this.reset();
  }

  /** Lets nothing through and keeps everything, or ends that. */
  set stalled(value) {
    this.#stalled = value;
    for (const socket of this.#sockets) {
      if (value) socket.pause();
      else socket.resume();
    }
  }

  #connect(client) {
    if (this.#down) return client.resetAndDestroy();
    const server = net.connect(this.target, HOST);
    const fault = this.fault();
    const lose = () => {
      client.resetAndDestroy();
      server.resetAndDestroy();
    };
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('end', () => other.end());
      socket.on('close', (failed) => {
        this.#sockets.delete(socket);
        if (failed) other.resetAndDestroy();
        else other.destroySoon();
      });
      if (this.#stalled) socket.pause();
    }
    if (fault?.when === 'before') setTimeout(lose, fault.ms);
    const reader = this.seen && new RequestReader(this.seen);
    let armed = fault?.when === 'during';
    client.on('data', (data) => {
      const paid = reader?.read(data);
      // losing is about paid requests: an unpaid one has nothing to lose
      if (armed && (paid || !reader)) {
        armed = false;
        setTimeout(lose, fault.ms);
      }
      server.write(data);
    });
    let left = fault?.bytes ?? 0;
    server.on('data', (data) => {
      const paid = reader?.request;
      if (!paid || !['after', 'partly', 'slow'].includes(fault?.when)) return client.write(data);
      if (fault.when === 'slow') {
        server.pause();
        setTimeout(() => {
          client.write(data);
          server.resume();
        }, fault.ms);
        return undefined;
      }
      paid.lost?.();
      if (fault.when === 'partly' && data.length <= left) {
        left -= data.length;
        return client.write(data);
      }
      if (fault.when === 'partly' && left > 0) client.write(data.subarray(0, left));
      setTimeout(lose, 5);
      server.pause();
      return undefined;
    });
  }
}

/** Finds payments in what a buyer sends, one request after the other. */
class RequestReader {
  #head = '';
  #seen;
  request;

  constructor(seen) {
    this.#seen = seen;
  }

  read(data) {
    const text = data.toString('latin1');
    if (/^(GET|POST|HEAD) \//.test(text)) this.#head = '';
    if (this.#head === undefined) return undefined;
    this.#head += text;
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const head = this.#head.slice(0, end);
    this.#head = undefined;
    const [method, path] = head.split(' ', 2);
    const [, headerName, payment] = head.match(PAYMENT_HEADER) ?? [];
    this.request = payment && { method, path, headers: requestHeaders(head), headerName, payment };
    if (this.request) this.#seen(this.request);
    return this.request;
  }
}

/** What a response may depend on, so that the request can be repeated as it was. */
function requestHeaders(head) {
  const pairs = head
    .split('\r\n')
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  return Object.fromEntries(pairs.filter(([name]) => !HOP.test(name)).sort());
}
