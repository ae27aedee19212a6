// `<assisters-chat>`: every option is an attribute in kebab-case and a property in camelCase. Importing this file registers it.

import { create } from './shell/handle.js';
import { fromText, OPTIONS } from './shell/options.js';

/** @import { Handle } from './types/assisters.js' */

const NAMES = [...Object.keys(OPTIONS), 'assistantId', 'assisterId'];

/** Attribute → option. */
const ATTRIBUTES = new Map(NAMES.map((name) => [name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase()), name]));

/** The element is where the page wants it. */
const IN_PLACE = { append() {} };

// A server has no elements, but may import this file.
const Base = globalThis.HTMLElement || /** @type {typeof HTMLElement} */ (class {});

export class AssistersChat extends Base {
  static observedAttributes = [...ATTRIBUTES.keys()];

  /** Options as attributes and properties have given them. @type {Record<string, any>} */
  #given = {};
  /** Those given since the widget was last told. @type {Record<string, any>} */
  #changes = {};
  /** @type {Handle | undefined} */
  #handle;
  #isMine = false;
  #isWaiting = false;

  static {
    for (const name of NAMES) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        /** @this {AssistersChat} */
        get() {
          return this.#given[name];
        },
        /** @this {AssistersChat} @param {any} value */
        set(value) {
          this.#set(name, value);
        },
      });
    }
  }

  /** The widget's handle while the element is in the page. */
  get handle() {
    return this.#handle;
  }

  connectedCallback() {
    // The host of a widget that was mounted by script has its root already, and is not this class's business.
    if (this.shadowRoot && !this.#isMine) return;
    this.#isMine = true;
    for (const name of NAMES) this.#adopt(name);
    if (this.#given.assistant || this.#given.assistantId || this.#given.assisterId) this.#settle();
    else this.#settleSoon();
  }

  disconnectedCallback() {
    // Soon, not now: to be moved is to be taken out and put back within one task.
    if (this.#isMine) this.#settleSoon();
  }

  /** @param {string} attribute @param {string | null} _before @param {string | null} text */
  attributeChangedCallback(attribute, _before, text) {
    const name = /** @type {string} */ (ATTRIBUTES.get(attribute));
    this.#set(name, text === null ? undefined : fromText(name, text));
  }

  /** Takes over a property that was set before the element was defined. @param {string} name */
  #adopt(name) {
    if (!Object.hasOwn(this, name)) return;
    const self = /** @type {any} */ (this);
    const value = self[name];
    delete self[name];
    this.#set(name, value);
  }

  /** @param {string} name @param {any} value */
  #set(name, value) {
    this.#given[name] = this.#changes[name] = value;
    if (this.#isMine) this.#settleSoon();
  }

  #settleSoon() {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    queueMicrotask(() => this.#settle());
  }

  /** Makes the widget what element and options say it should be. */
  #settle() {
    this.#isWaiting = false;
    const changes = this.#changes;
    this.#changes = {};
    try {
      if (!this.isConnected) {
        this.#handle?.destroy();
        this.#handle = undefined;
      } else if (!this.#handle) {
        [this.#handle] = create(this.#given, IN_PLACE, this);
      } else if (Object.keys(changes).length) {
        this.#handle.update(changes);
      }
    } catch (error) {
      // Thrown from here it would reach the page's error event, but nobody who could catch it.
      console.error(error);
    }
  }
}

if (globalThis.customElements && !customElements.get('assisters-chat')) customElements.define('assisters-chat', AssistersChat);
