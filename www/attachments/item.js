// One attached file: its upload, and its row in the tray.

import { button, draw, make, preview } from './elements.js';
import { sizeOf, typeOf } from './limits.js';
import { nameOf, put, takeBack } from './upload.js';

/** @import { Context } from './context.js' */

/** @typedef {'uploading' | 'ready' | 'failed'} State */

export class Item {
  file;
  /** @type {State} */
  state = 'uploading';
  /** How requests name the file, once it is there. @type {{ url?: string, file_id?: string }} */
  place = {};
  /** What the gateway has said of it; nothing where the owner's own function has uploaded it. @type {any} */
  #kept;
  /** Why it failed. @type {unknown} */
  cause;
  row;
  #context;
  #bar = document.createElement('progress');
  #retry;
  #life = new AbortController();

  /** @param {File} file @param {Context} context @param {(item: Item) => void} onRemove */
  constructor(file, context, onRemove) {
    const { say, locale } = context;
    const values = { name: file.name };
    this.file = file;
    this.#context = context;
    this.#bar.setAttribute('aria-label', say('attachUploading', values));
    this.#retry = button('attach-retry', 'retry', say('attachRetry', values), () => this.start());
    const icon = draw('file');
    const about = make(
      'span',
      { class: 'attach-about' },
      make('bdi', { class: 'attach-name', title: file.name }, file.name),
      make('span', { class: 'attach-size' }, sizeOf(file.size, locale())),
      this.#bar,
    );
    const remove = button('attach-remove', 'remove', say('attachRemove', values), () => onRemove(this));
    this.row = make('li', { class: 'attach-item' }, make('span', { class: 'attach-preview' }, icon), about, this.#retry, remove);
    preview(icon, file, this.#life.signal);
  }

  /** Uploads the file, or tries again to. */
  async start() {
    const { signal } = this.#life;
    const { options, gateway } = this.#context;
    this.#set('uploading');
    // No share yet: it is on its way, nobody knows how far.
    this.#bar.removeAttribute('value');
    const progress = (/** @type {number} */ share) => {
      if (share > 0 && !signal.aborted) this.#bar.value = Math.min(1, share);
    };
    try {
      const { attachments, dialect = 'chat' } = options();
      const uploaded = await put(this.file, attachments?.upload, gateway, { signal, progress });
      if (!attachments?.upload) this.#kept = uploaded;
      if (signal.aborted) return this.forget();
      this.place = nameOf(uploaded, dialect);
      this.#set('ready');
    } catch (cause) {
      if (signal.aborted) return;
      this.cause = cause;
      this.#set('failed');
    }
  }

  /** Returns the file as `sendMessage` takes it. */
  told() {
    return { ...this.place, name: this.file.name, type: typeOf(this.file) };
  }

  /** Has the server forget the file, if it has come there. */
  forget() {
    if (this.#kept) takeBack(this.#kept, this.#context.gateway).catch(() => {}); // it expires by itself
  }

  /** Ends the upload, and everything else. */
  drop() {
    this.#life.abort(new DOMException('The file was removed', 'AbortError'));
    this.row.remove();
  }

  /** @param {State} state */
  #set(state) {
    this.state = state;
    this.row.dataset.state = state;
    this.#bar.hidden = state != 'uploading';
    this.#retry.hidden = state != 'failed';
    this.#context.changed(this);
  }
}
