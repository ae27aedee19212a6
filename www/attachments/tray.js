// The tray above the input: files on their way into the next message. Entry of the part that comes with the option `attachments`.

import css from 'attachments.css';
import { dressWith } from '../engine/dress.js';
import { contextOf } from './context.js';
import { make } from './elements.js';
import { letIn } from './intake.js';
import { Item } from './item.js';
import { limitsOf, refusalOf } from './limits.js';
import { failureOf, Notes } from './notes.js';

/** @import { Context } from './context.js' */

export class Tray {
  #root;
  /** @type {Context} */
  #context;
  /** @type {Item[]} */
  #items = [];
  /** The message is to be sent once all uploads are done. */
  #isWaiting = false;
  #notes = new Notes();
  #list = make('ul', { class: 'attach-list' });
  #box = make('div', { class: 'attach-tray' }, this.#notes.loud, this.#list, this.#notes.quiet);
  /** @type {Element[]} */
  #made = [];
  #life = new AbortController();

  /**
   * @param {ShadowRoot} root
   * @param {() => Record<string, any>} options as they are at that time
   * @param {(name: string, args: any[]) => any} call of the engine
   */
  constructor(root, options, call) {
    this.#root = root;
    this.#context = contextOf(options, call, (item) => this.#changed(item));
  }

  /** Takes its place in the panel, once more after the engine was started anew or the options have changed. The files stay. */
  mount() {
    this.#leave();
    const form = this.#form();
    const panel = /** @type {HTMLElement | null | undefined} */ (form?.closest('.panel'));
    if (!form || !panel) return;
    dressWith(form, css);
    this.#life = new AbortController();
    const { signal } = this.#life;
    const { say, options } = this.#context;
    this.#list.setAttribute('aria-label', say('attachList'));
    form.before(this.#box);
    const { accept } = limitsOf(options().attachments);
    this.#made = letIn({ panel, form, accept, say, signal }, (files) => this.#add(files));
    // Whoever writes on has not finished: nothing is sent half-written.
    form.addEventListener('input', ({ isTrusted }) => isTrusted && this.#isWaiting && this.#note(), { signal });
    this.#mark();
  }

  /** Hands the files over for the message that is being sent: a JSON list's text, or nothing while they hold it back. */
  take() {
    const { say } = this.#context;
    const failed = this.#items.find(({ state }) => state == 'failed');
    const isBusy = !failed && this.#items.some(({ state }) => state == 'uploading');
    if (failed || isBusy) {
      this.#note(say(failed ? 'attachBlocked' : 'attachWaiting', { name: failed?.file.name ?? '' }));
      this.#isWaiting = isBusy;
      return undefined;
    }
    this.#note();
    const taken = this.#items.length ? JSON.stringify(this.#items.map((item) => item.told())) : '';
    this.#clear();
    return taken;
  }

  /** Ends everything: uploads, listeners, elements. */
  destroy() {
    this.#clear();
    this.#leave();
  }

  #form() {
    return /** @type {HTMLFormElement | null} */ (this.#root.querySelector('.composer'));
  }

  #leave() {
    this.#life.abort();
    for (const element of [this.#box, ...this.#made]) element.remove();
    this.#made = [];
  }

  #clear() {
    for (const item of this.#items) item.drop();
    this.#items = [];
    this.#mark();
  }

  /** @param {Iterable<File>} files */
  #add(files) {
    const { options } = this.#context;
    const refusals = [];
    for (const file of files) {
      const refusal = refusalOf(file, limitsOf(options().attachments), this.#items.length, options());
      if (refusal) {
        refusals.push(refusal);
        continue;
      }
      const item = new Item(file, this.#context, (item) => this.#remove(item));
      this.#items.push(item);
      this.#list.append(item.row);
      item.start();
    }
    this.#note(...refusals);
    this.#mark();
  }

  /** @param {Item} item */
  #remove(item) {
    const idx = this.#items.indexOf(item);
    this.#items.splice(idx, 1);
    item.drop();
    item.forget();
    this.#note();
    this.#notes.tell(this.#context.say('attachRemoved', { name: item.file.name }));
    // The focus stays near: at the next file, or where others are picked. In the input it would bring up a phone's keyboard.
    const next = this.#items[Math.min(idx, this.#items.length - 1)]?.row.querySelector('.attach-remove');
    /** @type {HTMLElement | null} */ (next || this.#root.querySelector('.attach'))?.focus();
    this.#mark();
  }

  /** Says how an upload went. @param {Item} item */
  #changed(item) {
    const values = { name: item.file.name };
    if (item.state == 'failed') {
      console.error('Assisters: an upload failed', item.cause);
      this.#note(failureOf(item, this.#context));
    } else this.#notes.tell(this.#context.say(item.state == 'ready' ? 'attachReady' : 'attachUploading', values));
    if (this.#isWaiting && this.#items.every(({ state }) => state == 'ready')) {
      this.#note();
      this.#form()?.requestSubmit();
    }
  }

  /** Says something. Whatever it is about, nothing is sent by itself any more. @param {(string | undefined)[]} lines */
  #note(...lines) {
    this.#isWaiting = false;
    this.#notes.say(...lines);
  }

  /** Lets the composer know whether there is something to send. */
  #mark() {
    const form = this.#form();
    const isMarked = this.#items.length > 0;
    const names = this.#items.map(({ file }) => file.name).join(', ');
    if (!form || (form.getAttribute('data-files') || '') == names) return;
    if (isMarked) form.setAttribute('data-files', names);
    else form.removeAttribute('data-files');
    form.querySelector('.input')?.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
