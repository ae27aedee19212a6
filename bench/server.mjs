// The bench's server: pages and `dist/` as they lie there with brotli, and dialect `chat` with an answer in so many events at such a pace.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What the next answer is like.
 *
 * @typedef {object} Plan
 * @property {number} bytes how long it is
 * @property {number} events in how many events it is sent
 * @property {number} perSecond how many of them are sent in a second; Infinity sends all at once
 */

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
});

const ANSWER = (await readFile(fileURLToPath(new URL('answers/answer.md', import.meta.url)), 'utf8')).trim();
const END = ANSWER.slice(ANSWER.lastIndexOf('\n\n') + 2);

/** What the last paragraph of every answer ends with. */
export const MARK = END.slice(-'Good trails!'.length);

/** How long the fixed answer is. */
export const ANSWER_BYTES = Buffer.byteLength(ANSWER);

/** The time, in milliseconds since 1970, with fractions. */
export const now = () => performance.timeOrigin + performance.now();

/** Returns the fixed answer, or as many whole blocks of it, over and over, as fit. @param {number} bytes */
export const answerOf = (bytes) => {
  if (bytes == ANSWER_BYTES) return ANSWER;
  const blocks = ANSWER.slice(0, -END.length).trim().split('\n\n');
  // Blank lines inside code would be taken for block borders; there are none.
  let text = '';
  for (let idx = 0; Buffer.byteLength(text + END) < bytes; idx += 1) text += `${blocks[idx % blocks.length]}\n\n`;
  return text + END;
};

/** Cuts a text into events of the same length. @param {string} text @param {number} n @returns {string[]} */
const eventsOf = (text, n) => {
  const letters = Array.from(text);
  return Array.from({ length: n }, (_, idx) => {
    const content = letters.slice(Math.round((idx * letters.length) / n), Math.round(((idx + 1) * letters.length) / n)).join('');
    return `event: message\ndata: ${JSON.stringify({ type: 'chunk', content })}\n\n`;
  });
};

const DONE = `event: message\ndata: ${JSON.stringify({ type: 'done', id: 'msg_1', tokens: { total: 5000 } })}\n\n`;

export class Server {
  /** @type {Plan} */
  plan = { bytes: ANSWER_BYTES, events: 2000, perSecond: 200 };
  /** When the last byte of the last answer was handed to the network. */
  lastByteAt = 0;
  #folders;
  #server = createServer((request, response) => this.#answer(request, response));

  /** @param {string[]} folders where files are looked for, in this order */
  constructor(folders) {
    this.#folders = folders;
  }

  /** Starts listening. @returns {Promise<string>} the address */
  start() {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
        resolve(`http://127.0.0.1:${address.port}`);
      });
    });
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #answer(request, response) {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname == '/clock') return response.end(String(now()));
    if (pathname == '/v1/chat/stream') return this.#stream(request, response);
    if (pathname == '/v1/visitor-tokens') {
      response.setHeader('Content-Type', 'application/json');
      return response.end(JSON.stringify({ token: 'bench', expires_at: '2099-01-01T00:00:00Z', visitor_id: 'vis_bench' }));
    }
    return this.#file(pathname, response);
  }

  /** @param {string} pathname @param {import('node:http').ServerResponse} response */
  async #file(pathname, response) {
    for (const folder of this.#folders) {
      const path = join(folder, normalize(pathname));
      const content = await readFile(`${path}.br`).catch(() => undefined);
      if (!content) continue;
      response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
      response.setHeader('Content-Encoding', 'br');
      response.setHeader('Content-Length', content.length);
      // What a host says of hashed files; none is asked for twice in a run but ours, for its integrity.
      response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
      return response.end(content);
    }
    response.statusCode = 404;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ error: { code: 'not_found', message: 'there is no such thing', status: 404 } }));
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #stream(request, response) {
    const { bytes, events: n, perSecond } = this.plan;
    const events = eventsOf(answerOf(bytes), n);
    request.resume();
    await new Promise((resolve) => request.once('end', resolve));
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    if (perSecond == Infinity) {
      response.write(events.join('') + DONE, () => (this.lastByteAt = now()));
      return response.end();
    }
    const startedAt = performance.now();
    let sent = 0;
    const step = () => {
      if (response.destroyed) return;
      const due = Math.min(n, Math.floor(((performance.now() - startedAt) * perSecond) / 1000) + 1);
      // One write per event: a frame of its own, as a model's server sends it.
      for (; sent < due; sent += 1) response.write(events[sent]);
      if (sent < n) {
        setTimeout(step, startedAt + (sent * 1000) / perSecond - performance.now());
        return;
      }
      this.lastByteAt = now();
      response.end(DONE);
    };
    step();
  }
}
