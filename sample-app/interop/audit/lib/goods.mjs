// What is bought: one route of the sample's lab for each way in which a paid response can come about or fail.

/**
 * fails    may fail, and then runs again for free, or is rolled back and runs again
 * breaks   fails after a part of it has left
 * stored   whether the response is small and whole when it is settled, so that it can be delivered again without a run
 * charge   what is charged, if not the price
 */
export const ROUTES = {
  small: { method: 'GET', weight: 14 },
  slow: { method: 'GET', path: 'small', query: 'ms=700', weight: 6 },
  order: { method: 'POST', weight: 12 },
  slowOrder: { method: 'POST', path: 'order', query: 'ms=700', weight: 5 },
  upfront: { method: 'POST', weight: 7 },
  large: { method: 'GET', stored: false, weight: 4 },
  image: { method: 'POST', stored: false, weight: 5 },
  chunks: { method: 'GET', stored: false, weight: 3 },
  stream: { method: 'GET', stored: false, weight: 4 },
  sse: { method: 'GET', stored: false, weight: 6 },
  async: { method: 'GET', query: 'ms=300', weight: 6 },
  // longer than the container waits at one of the instances
  late: { method: 'GET', path: 'async', query: 'ms=1600', fails: true, weight: 3 },
  later: { method: 'POST', query: 'ms=300', weight: 6 },
  fails: { method: 'GET', fails: true, weight: 2 },
  upstream: { method: 'GET', fails: true, weight: 3 },
  breaks: { method: 'GET', breaks: true, stored: false, weight: 3 },
  permit2: { method: 'GET', permit2: true, weight: 4 },
  // what it charged is not kept when settlement was not executed, so it runs again
  upto: { method: 'GET', permit2: true, charge: 20_000n, fails: true, weight: 4 },
  booking: { method: 'POST', books: true, fails: true, weight: 6 },
};

/** The request for a route in the name of a purchase. */
export function requestOf(name, id) {
  const { method, path = name, query } = ROUTES[name];
  return {
    id,
    route: ROUTES[name],
    method,
    path: `/lab/audit/${path}?id=${id}${query ? `&${query}` : ''}`,
    ...(method === 'POST' && { body: `order of ${id}`, headers: { 'content-type': 'text/plain' } }),
  };
}

export const idOf = (path) => new URL(path, 'http://localhost').searchParams.get('id');

/** Whether a body is what was bought, or a part of it. */
export function appraise(text, id) {
  const whole = text.includes(`begin ${id} x402-lab-served`) && text.includes(`end ${id}`);
  return { whole, part: !whole && (text.includes('x402-lab-served') || text.includes(`goods of ${id}`)) };
}
