// All widgets of the page on one copy of the wasm. After a panic they stop together and restart together on a fresh copy.

import { Entry } from './entry.js';

/** @import { Copy, EngineWidget } from '../engine.js' */

export class Widgets {
  /** @type {Set<Entry>} */
  #entries = new Set();
  /** @type {Copy | undefined} */
  #copy;
  #restarts = 0;
  #isRestarting = false;
  #launch;

  /** @param {(restarts: number, onTrap: (cause: Error) => void) => Promise<Copy>} launch starts a copy of the wasm */
  constructor(launch) {
    this.#launch = launch;
  }

  async start() {
    this.#copy = await this.#launch(this.#restarts, (cause) => this.#stop(cause));
    return this.#copy;
  }

  /**
   * Puts a widget into the root in place of the launcher that is there, and makes the calls that have been waiting for it.
   *
   * @param {HTMLElement} host
   * @param {ShadowRoot} root
   * @param {Record<string, any>} options
   * @param {[name: string, args: any[]][]} queue
   * @returns {EngineWidget}
   * @throws {TypeError} names the option and its valid values
   */
  create(host, root, options, queue) {
    const entry = new Entry(host, root, options, queue);
    try {
      entry.build(/** @type {Copy} */ (this.#copy));
    } catch (error) {
      entry.destroy();
      throw error;
    }
    this.#entries.add(entry);
    return (name, args) => {
      if (name != 'destroy') return entry.call(name, args);
      this.#entries.delete(entry);
      entry.destroy();
    };
  }

  /** @param {Error} cause */
  #stop(cause) {
    console.error('Assisters: the chat stopped working', cause);
    for (const entry of this.#entries) entry.stop(cause, () => this.#restart());
  }

  async #restart() {
    // Every widget has its button, and each restarts them all.
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    this.#restarts++;
    try {
      const copy = await this.start();
      for (const entry of this.#entries) entry.revive(copy);
    } catch (cause) {
      this.#stop(/** @type {Error} */ (cause));
    } finally {
      this.#isRestarting = false;
    }
  }
}
