// One page of a browser that was started for it: what a visitor does in it, and what it cost.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Browser } from './browser.mjs';

/** A tenth of a second is fast for a person; but a page must come to its other work between two letters, as it does when a person types. */
const BETWEEN_LETTERS_MILLIS = 30;

const PROBE = await readFile(fileURLToPath(new URL('probe.js', import.meta.url)), 'utf8');

/**
 * What the main thread has done so far, in milliseconds of its own CPU time.
 *
 * @typedef {{ cpu: number, script: number, layout: number, style: number, thread: number, heap: number, nodes: number }} Counters
 */

export class Page {
  #browser;
  #session;
  /** Bytes of scripts, styles and the like, as they came over the network. */
  receivedBytes = 0;

  /** @param {Browser} browser @param {string} session */
  constructor(browser, session) {
    this.#browser = browser;
    this.#session = session;
  }

  /** Starts a browser with an empty cache and one empty page. @param {string} executable @returns {Promise<Page>} */
  static async open(executable) {
    const browser = await Browser.start(executable);
    const { targetId } = await browser.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.call('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(browser, sessionId);
    await page.call('Page.enable');
    await page.call('Page.addScriptToEvaluateOnNewDocument', { source: PROBE });
    await page.call('Performance.enable', { timeDomain: 'threadTicks' });
    return page;
  }

  /** @param {string} method @param {object} [params] @returns {Promise<any>} */
  call(method, params) {
    return this.#browser.call(method, params, this.#session);
  }

  /** @param {(event: { method: string, params: any }) => void} listener */
  listen(listener) {
    this.#browser.listen(this.#session, listener);
  }

  /** Counts what is downloaded from now on, but for the document, the icon that no page here has, and what the API answers. */
  watchNetwork() {
    const ignored = new Set();
    this.listen(({ method, params }) => {
      if (method == 'Network.requestWillBeSent' && (params.type == 'Document' || /\/v1\/|favicon/.test(params.request.url))) ignored.add(params.requestId);
      if (method == 'Network.dataReceived' && !ignored.has(params.requestId)) this.receivedBytes += params.encodedDataLength;
    });
    return this.call('Network.enable');
  }

  close() {
    return this.#browser.stop();
  }

  /** Goes to an address; done as soon as the page exists, not when it is loaded. @param {string} url */
  async go(url) {
    const { errorText } = await this.call('Page.navigate', { url });
    if (errorText) throw new Error(`cannot open ${url}: ${errorText}`);
  }

  /** Asks the probe. @param {string} name @param {...unknown} args @returns {Promise<any>} */
  async probe(name, ...args) {
    const expression = `benchProbe.${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }

  /** @param {{ x: number, y: number }} place */
  async click({ x, y }) {
    await this.call('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
    for (const type of ['mousePressed', 'mouseReleased']) {
      await this.call('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
    }
  }

  /** Types with the keyboard into what has the focus. @param {string} text */
  async type(text) {
    for (const letter of text) {
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_LETTERS_MILLIS));
      await this.call('Input.dispatchKeyEvent', { type: 'keyDown', text: letter, key: letter });
      await this.call('Input.dispatchKeyEvent', { type: 'keyUp', key: letter });
    }
  }

  async pressEnter() {
    const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 };
    await this.call('Input.dispatchKeyEvent', { type: 'keyDown', text: '\r', ...key });
    await this.call('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  }

  /** @returns {Promise<Counters>} */
  async counters() {
    const { metrics } = await this.call('Performance.getMetrics');
    const of = Object.fromEntries(metrics.map((/** @type {{ name: string, value: number }} */ { name, value }) => [name, value]));
    return {
      cpu: of.TaskDuration * 1000,
      script: of.ScriptDuration * 1000,
      layout: of.LayoutDuration * 1000,
      style: of.RecalcStyleDuration * 1000,
      thread: of.ThreadTime * 1000,
      heap: of.JSHeapUsedSize,
      nodes: of.Nodes,
    };
  }

  /** What is in memory once the garbage is gone. */
  async memory() {
    await this.call('HeapProfiler.enable');
    await this.call('HeapProfiler.collectGarbage');
    const { heap, nodes } = await this.counters();
    return { heap, nodes, wasm: await this.probe('wasmBytes') };
  }
}

/** What was counted between two readings. @param {Counters} before @param {Counters} after */
export const between = (before, after) => ({
  cpu: after.cpu - before.cpu,
  script: after.script - before.script,
  layout: after.layout - before.layout,
  style: after.style - before.style,
  thread: after.thread - before.thread,
});
