// The launcher and the panel without the engine: opens and closes, and puts a conversation into the panel.

import css from 'fallback.css';
import { apiUrlOf } from '../engine/complete.js';
import { dressWith } from '../engine/dress.js';
import { element, iconButton } from '../engine/nodes.js';
import { Form } from './form.js';
import { Frame, mayBeFramed } from './frame.js';
import { phrase } from './phrases.js';

/** Where a conversation takes place: in a frame, or in a form of the page's own. @typedef {Frame | Form} Conversation */

export class FallbackWidget {
  #host;
  #options;
  #engine;
  #life = new AbortController();
  #box = element('div', '', { class: 'widget' });
  #panel = element('section', 'panel', { id: 'panel', hidden: '' });
  #title = element('h2', 'title');
  /** @type {HTMLElement} */
  #launcher;
  /** None until the panel is first opened: nothing is fetched before. @type {Conversation | undefined} */
  #conversation;
  /** Calls that wait until it is known which conversation it is. @type {[name: string, args: any[]][]} */
  #waiting = [];
  #isOpen = false;

  /**
   * @param {HTMLElement} host
   * @param {ShadowRoot} root
   * @param {Record<string, any>} options
   * @param {Parameters<typeof import('../fallback.js').fallback>[0]} engine
   */
  constructor(host, root, options, engine) {
    this.#host = host;
    this.#options = options;
    this.#engine = engine;
    // The placeholder's button, without what listens to it.
    const placeholder = /** @type {HTMLElement} */ (root.querySelector('.launcher'));
    this.#launcher = /** @type {HTMLElement} */ (placeholder.cloneNode(true));
    this.#launcher.hidden = false;
    this.#launcher.title = this.#launcher.style.opacity = '';
    const hadFocus = root.activeElement == placeholder;
    const close = iconButton('close', phrase(options, 'closeChat'), 'M6 12h12');
    close.className = 'icon-button';
    const header = element('header', 'header');
    header.append(this.#title, close);
    this.#panel.append(header);
    this.#box.append(this.#launcher, this.#panel);
    root.replaceChildren(this.#box);
    dressWith(this.#box, engine.css + css);
    this.#show();
    if (hadFocus) this.#launcher.focus();

    this.#launcher.addEventListener('click', () => this.call('toggle', []), this.#life);
    close.addEventListener('click', () => this.call('close', []), this.#life);
    this.#box.addEventListener('keydown', this, this.#life);
    if (options.position == 'inline' || options.autoOpen) this.call('open', []);
  }

  /** @param {KeyboardEvent} event */
  handleEvent(event) {
    if (event.key != 'Escape' || !this.#isOpen || this.#options.position == 'inline') return;
    event.stopPropagation();
    this.call('close', []);
  }

  /** @param {string} name @param {any[]} args @returns {any} */
  call(name, args) {
    const conversation = this.#conversation;
    switch (name) {
      case 'open':
      case 'close':
        return this.#setOpen(name == 'open');
      case 'toggle':
        return this.#setOpen(!this.#isOpen);
      case 'isOpen':
        return this.#isOpen;
      case 'messages':
        return structuredClone(conversation?.messages || this.#options.messages || []);
      case 'update':
        this.#options = args[0];
        this.#show();
        return conversation?.call('update', args);
      case 'destroy':
        this.#life.abort();
        return conversation?.destroy();
      default:
        if (conversation) return conversation.call(name, args);
        this.#waiting.push([name, args]);
        this.#begin();
    }
  }

  /** Brings the options to the box. */
  #show() {
    const { position = 'bottom-right', theme, title } = this.#options;
    const isDark = (theme?.mode || theme) == 'dark' || (theme != 'light' && theme?.mode != 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
    Object.assign(this.#box.dataset, { position, theme: isDark ? 'dark' : 'light', open: String(this.#isOpen) });
    this.#title.textContent = title || phrase(this.#options, 'title');
    this.#launcher.setAttribute('aria-expanded', String(this.#isOpen));
    this.#launcher.setAttribute('aria-label', phrase(this.#options, this.#isOpen ? 'closeChat' : 'openChat'));
    this.#panel.setAttribute('role', position == 'inline' ? 'region' : 'dialog');
    this.#panel.setAttribute('aria-label', this.#title.textContent || '');
    this.#panel.hidden = !this.#isOpen;
  }

  /** @param {boolean} isOpen */
  #setOpen(isOpen) {
    if (isOpen == this.#isOpen) return;
    this.#isOpen = isOpen;
    this.#show();
    if (isOpen) this.#begin();
    else this.#launcher.focus();
    this.#emit(isOpen ? 'open' : 'close');
  }

  /** Puts a conversation into the panel: the frame, and the form where that can not be had. */
  async #begin() {
    if (this.#panel.dataset.state) return;
    this.#panel.dataset.state = 'framed';
    const apiUrl = apiUrlOf(this.#options.apiUrl);
    const address = this.#engine.frame || new URL('/frame.html', apiUrl);
    const emit = this.#emit.bind(this);
    /** @type {Conversation | undefined} */
    let conversation;
    if (mayBeFramed(address, this.#options)) {
      try {
        conversation = await Frame.open(this.#panel, address, { ...this.#options, apiUrl }, emit, this.#life.signal);
      } catch (cause) {
        console.warn('Assisters: the chat can not be framed either; a plain form takes its place.', cause);
      }
    }
    if (this.#life.signal.aborted) return conversation?.destroy();
    if (!conversation) {
      this.#panel.dataset.state = 'plain';
      conversation = new Form(this.#panel, this.#options, emit);
    }
    this.#conversation = conversation;
    if (this.#isOpen) conversation.focus();
    for (const [name, args] of this.#waiting.splice(0)) conversation.call(name, args);
  }

  /** @param {string} name @param {unknown} [detail] */
  #emit(name, detail = null) {
    this.#host.dispatchEvent(new CustomEvent('assisters:' + name, { bubbles: true, composed: true, detail }));
  }
}
