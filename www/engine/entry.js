// One widget as the engine's script keeps it: what is needed to build it again after a panic.

import css from 'engine.css';
import { attacher, withFiles } from './attach.js';
import { apiUrlOf, complete } from './complete.js';
import { decorator } from './decorate.js';
import { importBeside } from './on-demand.js';
import { formFor } from './plural.js';
import { showStopped } from './stopped.js';
import { checkTools, toolCaller } from './tools.js';
import { learn, spoken, worded } from './words.js';

/** @import { Copy } from '../engine.js' */

/** @type {CSSStyleSheet | undefined} */
let sheet;

export class Entry {
  #host;
  #root;
  /** The options as they were given. @type {Record<string, any>} */
  #given = {};
  /** The same with the language that is spoken, and who was chosen. */
  #options;
  /** Calls that wait for the widget. */
  #queue;
  /** What the root adopts before the widget adds its own colours. */
  #sheets;
  #isOpen = false;
  #decorate = decorator(() => this.#options);
  #callTool = toolCaller(() => this.#options);
  #files;
  /** What makes an open panel comfortable, once it is wanted. @type {{ settle(isTalking: boolean): void, destroy(): void } | undefined} */
  #comforts;
  /** Something was said: what tells of answers is wanted. */
  #isTalking = false;
  /** What the assistant says of itself that is the default of options. @type {{ language?: string, voice?: string }} */
  #assistant = {};
  /** What the visitor has chosen: who answers, of several, and who is asking. Goes before the options. @type {{ assistant?: string, user?: Record<string, string> }} */
  #chosen = {};
  #life = new AbortController();
  /** @type {Copy | undefined} */
  #copy;
  /** None between a panic and the restart. @type {any} */
  #widget;

  /**
   * @param {HTMLElement} host
   * @param {ShadowRoot} root
   * @param {Record<string, any>} options
   * @param {[name: string, args: any[]][]} queue
   */
  constructor(host, root, options, queue) {
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
    this.#host = host;
    this.#root = root;
    this.#options = this.#speak(options);
    this.#queue = queue;
    this.#sheets = [...root.adoptedStyleSheets, sheet];
    this.#files = attacher(root, () => worded(this.#options), (name, args) => this.call(name, args));
    host.addEventListener('assisters:open', () => {
      this.#isOpen = true;
      this.#settleFiles();
      this.#settleComforts();
    }, this.#life);
    host.addEventListener('assisters:close', () => {
      this.#isOpen = false;
      this.#settleComforts();
    }, this.#life);
    host.addEventListener('assisters:message-sent', () => {
      this.#isTalking = true;
      this.#settleComforts();
    }, { once: true, signal: this.#life.signal });
    // A page that is zoomed by its style sheet (the host itself has no box to ask) would zoom what is fixed to the window out of it.
    const { currentCSSZoom: zoom = 1 } = /** @type {any} */ (host.parentElement || host);
    if (zoom != 1 && options.position != 'inline') host.style.setProperty('zoom', String(1 / zoom));
  }

  /**
   * Puts the widget into the root, and makes the calls that have been waiting for it.
   *
   * @param {Copy} copy
   * @throws {TypeError} names the option and its valid values
   */
  build(copy) {
    const wasOpen = this.#isOpen;
    this.#copy = copy;
    this.#root.adoptedStyleSheets = this.#sheets;
    this.#widget = new copy.Widget(this.#host, this.#root, this.#complete());
    if (wasOpen) this.call('open', []);
    this.#settleComforts();
    // A listener may add to the queue meanwhile.
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#late(...next);
  }

  /** @param {string} name @param {any[]} args */
  call(name, args) {
    if (name == 'update') return this.#update(args[0]);
    if (name == 'forget') this.#forget();
    if (name == 'sendMessage') args = withFiles(args, this.#options);
    if (!this.#widget) {
      this.#queue.push([name, args]);
      return undefined;
    }
    try {
      return this.#widget[name]?.(...args);
    } catch (error) {
      // The glue stumbles over what a dead copy returns; the panic itself has been reported.
      if (!this.#copy?.hasTrapped()) throw error;
    }
  }

  /** Shows that the chat has stopped. @param {Error} cause @param {() => void} restart */
  stop(cause, restart) {
    this.#widget = undefined;
    showStopped(this.#root, worded(this.#options), restart);
    const detail = { kind: 'engine', message: 'Chat stopped working', cause };
    this.#host.dispatchEvent(new CustomEvent('assisters:error', { bubbles: true, composed: true, detail }));
  }

  /** Builds the widget again on another copy. @param {Copy} copy */
  revive(copy) {
    this.#root.replaceChildren();
    this.build(copy);
  }

  destroy() {
    this.#life.abort();
    this.#files.destroy();
    this.#comforts?.destroy();
    if (!this.#widget) return;
    this.call('destroy', []);
    this.call('free', []);
  }

  #complete() {
    checkTools(this.#options);
    const own = { decorate: this.#decorate, callTool: this.#callTool, files: this.#files.take, count: this.#count, introduce: this.#introduce };
    return { ...complete(this.#root, this.#options), ...own };
  }

  /** Takes the language that the options, or the assistant, ask for, as soon as it is there. @param {Record<string, any>} given */
  #speak(given) {
    this.#given = given;
    const options = { ...given, ...this.#assistant, ...this.#chosen };
    if (this.#chosen.user) options.user = { ...given.user, ...this.#chosen.user };
    learn(options).then((isNew) => isNew && !this.#life.signal.aborted && this.#update(this.#given));
    return spoken(options);
  }

  /** Hears what the assistant is, when its card has come. @param {string | undefined} language @param {string | undefined} voice */
  #introduce = (language, voice) => {
    const { language: before, voice: voiceBefore } = this.#assistant;
    this.#assistant = { language, voice };
    if (language != before || voice != voiceBefore) this.#update(this.#given);
  };

  /** Returns the form of a phrase that goes with a number, if the language has several. @param {string} name @param {number} count */
  #count = (name, count) => {
    const { strings, words, locale } = this.#options;
    return strings?.[name] || (words && formFor(words[name], count, locale));
  };

  #settleFiles() {
    if (this.#copy) this.#files.settle(this.#copy.fetchPart);
  }

  #settleComforts() {
    const { fetchPart } = this.#copy || {};
    if (!fetchPart || !(this.#isOpen || this.#comforts || this.#options.extras)) return;
    const place = () => ({
      host: this.#host,
      root: this.#root,
      options: () => worded(this.#options),
      call: (/** @type {string} */ name, /** @type {any[]} */ args = []) => this.call(name, args),
      isOpen: () => this.#isOpen,
      apiUrl: () => apiUrlOf(this.#options.apiUrl),
      choose: (/** @type {{ assistant?: string, user?: Record<string, string> }} */ chosen) => {
        Object.assign(this.#chosen, chosen);
        this.#update(this.#given);
      },
      importBeside,
    });
    fetchPart('comfort').then(({ comforts }) => {
      if (!this.#life.signal.aborted) (this.#comforts ||= comforts(place())).settle(this.#isTalking);
    }, () => {});
  }

  /** Forgets what the shell knows of the visitor; the engine forgets the rest. */
  #forget() {
    this.#chosen = {};
    try {
      for (const area of [localStorage, sessionStorage]) {
        for (const key of Object.keys(area)) if (key.startsWith('assisters-')) area.removeItem(key);
      }
    } catch {
      // Storage that is denied holds nothing.
    }
    // They begin as for somebody new.
    this.#comforts?.destroy();
    this.#comforts = undefined;
    this.#update(this.#given);
  }

  /** A call whose caller is no longer there to catch. @param {string} name @param {any[]} args */
  #late(name, args) {
    try {
      this.call(name, args);
    } catch (error) {
      console.error(error);
    }
  }

  /** @param {Record<string, any>} options all of them, not only what has changed */
  #update(options) {
    // Whom the owner names now goes before what was chosen of others.
    if (options.assistant != this.#given.assistant) delete this.#chosen.assistant;
    const known = this.#options;
    this.#options = this.#speak(options);
    const gone = Object.keys(known).filter((name) => !(name in this.#options));
    // `null` is how the engine is told that an option has its default again.
    const defaults = Object.fromEntries(gone.map((name) => [name, null]));
    this.#widget?.update({ ...defaults, ...this.#complete() });
    if (this.#isOpen) this.#settleFiles();
    this.#settleComforts();
  }
}
