// Starts Chromium and speaks the DevTools protocol over a pipe. By hand, because the ready-made drivers switch on protocol domains of their own,
// whose messages are made on the very thread that is measured.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--window-size=1280,900',
  '--remote-debugging-pipe',
];

/** @typedef {{ resolve: (result: any) => void, reject: (error: Error) => void }} Waiting */

export class Browser {
  #child;
  #profile;
  #rest = '';
  #lastId = 0;
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  /** @type {Map<string, (event: { method: string, params: any }) => void>} */
  #listeners = new Map();

  /** @param {import('node:child_process').ChildProcess} child @param {string} profile */
  constructor(child, profile) {
    this.#child = child;
    this.#profile = profile;
    const output = /** @type {import('node:stream').Readable} */ (child.stdio[4]);
    output.setEncoding('utf8').on('data', (text) => this.#receive(text));
    child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the browser ended (${code})`));
      this.#waiting.clear();
    });
  }

  /** @param {string} executable @returns {Promise<Browser>} */
  static async start(executable) {
    const profile = await mkdtemp(join(tmpdir(), 'assisters-bench-'));
    const child = spawn(executable, [...FLAGS, `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      // A group of its own, so that all of it can be ended.
      detached: true,
    });
    return new Browser(child, profile);
  }

  /**
   * Calls a method of the protocol.
   *
   * @param {string} method
   * @param {object} [params]
   * @param {string} [sessionId] of which page
   * @returns {Promise<any>}
   */
  call(method, params = {}, sessionId) {
    const id = (this.#lastId += 1);
    const input = /** @type {import('node:stream').Writable} */ (this.#child.stdio[3]);
    input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Hears the events of a page. @param {string} sessionId @param {(event: { method: string, params: any }) => void} listener */
  listen(sessionId, listener) {
    this.#listeners.set(sessionId, listener);
  }

  /** Ends the browser and all that belongs to it. */
  async stop() {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode == null && this.#child.signalCode == null) {
      try {
        process.kill(-(/** @type {number} */ (this.#child.pid)), 'SIGKILL');
      } catch {
        this.#child.kill('SIGKILL');
      }
      await ended;
    }
    // Its helpers may write for a moment longer.
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** @param {string} text */
  #receive(text) {
    const messages = (this.#rest + text).split('\0');
    this.#rest = messages.pop() ?? '';
    for (const message of messages) {
      const { id, method, params, result, error, sessionId } = JSON.parse(message);
      if (id == undefined) {
        this.#listeners.get(sessionId)?.({ method, params });
        continue;
      }
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.reject(new Error(error.message));
      else waiting?.resolve(result);
    }
  }
}
