// The conversation as a plain form: what was said, as text, and a field to say more. No formatting, no memory over a reload.

import { element, iconButton } from '../engine/nodes.js';
import { Api } from './api.js';
import { phrase } from './phrases.js';

const SEND = 'M12 19V5m-6 6 6-6 6 6';
const STOP = 'M7 7h10v10H7Z';

export class Form {
  /** @type {{ id: string, role: 'user' | 'assistant', content: string, status?: string, createdAt: string }[]} */
  messages = [];
  #options;
  #api;
  #emit;
  /** The answer that is arriving. @type {AbortController | undefined} */
  #answering;
  /** Texts of the page's that wait for their turn. @type {string[]} */
  #queue = [];
  #list;
  #input;
  #send;
  #stop;

  /**
   * @param {HTMLElement} panel
   * @param {Record<string, any>} options
   * @param {(name: string, detail?: unknown) => void} emit
   */
  constructor(panel, options, emit) {
    this.#options = options;
    this.#emit = emit;
    this.#api = new Api(() => this.#options);
    this.#list = element('div', 'messages', { role: 'log', tabindex: '0', 'aria-label': phrase(options, 'messages') });
    const form = element('form', 'composer');
    this.#input = element('textarea', 'input', { rows: '1', dir: 'auto', enterkeyhint: 'send', 'aria-label': phrase(options, 'messageLabel') });
    this.#send = iconButton('send', phrase(options, 'send'), SEND);
    this.#send.type = 'submit';
    this.#stop = iconButton('stop', phrase(options, 'stop'), STOP);
    form.append(this.#input, this.#send, this.#stop);
    panel.append(this.#list, form);
    this.#setOptions(options);
    this.#greet();
    this.#setAnswering(undefined);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener('keydown', (event) => {
      if (event.key != 'Escape') event.stopPropagation();
      if (event.key != 'Enter' || event.shiftKey || event.isComposing || event.keyCode == 229) return;
      event.preventDefault();
      this.#submit();
    });
    this.#stop.addEventListener('click', () => this.call('stop', []));
  }

  /** @param {string} name @param {any[]} args */
  call(name, args) {
    switch (name) {
      case 'update':
        return this.#setOptions(args[0]);
      case 'sendMessage':
        if (!String(args[0]).trim()) throw new TypeError('Assisters: sendMessage takes a text that is not blank');
        return this.#say(String(args[0]));
      case 'stop':
        return this.#answering?.abort();
      case 'regenerate':
        return this.#askAgain();
      case 'clear':
      case 'forget':
        this.destroy();
        this.messages = [];
        this.#api.forget();
        this.#list.replaceChildren();
        this.#greet();
        return this.#emit('conversation-clear');
    }
  }

  focus() {
    if (!matchMedia('(pointer: coarse)').matches) this.#input.focus();
  }

  destroy() {
    this.#queue = [];
    this.#answering?.abort();
  }

  /** @param {Record<string, any>} options */
  #setOptions(options) {
    this.#options = options;
    this.#input.placeholder = options.placeholder || phrase(options, 'placeholder');
  }

  #greet() {
    const greeting = this.#list.appendChild(element('div', 'greeting')).appendChild(element('div', 'bubble', { dir: 'auto' }));
    greeting.textContent = this.#options.greeting || phrase(this.#options, 'greeting');
    for (const { role, content } of this.#options.messages || []) this.#add(role, content, 'done');
  }

  #submit() {
    const text = this.#input.value.trim();
    if (!text || this.#answering) return;
    this.#input.value = '';
    this.#say(text);
  }

  /** @param {string} text */
  #say(text) {
    if (this.#answering) return void this.#queue.push(text);
    const [message] = this.#add('user', text, 'done');
    this.#emit('message-sent', { ...message });
    this.#ask(text);
  }

  /** Asks the newest question again, in place of its answer. */
  #askAgain() {
    const question = this.messages.findLast(({ role }) => role == 'user');
    if (!question || this.#answering) return;
    while (this.messages.at(-1) != question) {
      this.messages.pop();
      this.#list.lastElementChild?.remove();
    }
    this.#ask(question.content);
  }

  /** @param {string} text */
  async #ask(text) {
    const life = new AbortController();
    const earlier = this.messages.slice(0, -1);
    const [message, view, bubble] = this.#add('assistant', '', 'streaming');
    this.#setAnswering(life);
    try {
      for await (const piece of this.#api.answer(text, earlier, life.signal)) {
        if (!message.content) this.#emit('stream-start', { ...message });
        message.content += piece;
        const isAtEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 40;
        bubble.append(piece);
        if (isAtEnd) this.#list.scrollTop = this.#list.scrollHeight;
      }
      if (!message.content) throw new Error('the answer is empty');
      message.status = 'done';
    } catch (cause) {
      message.status = life.signal.aborted ? 'stopped' : 'failed';
      this.#explain(view, message.status, cause);
    }
    view.dataset.status = message.status;
    this.#setAnswering(undefined);
    this.#emit('stream-end', { ...message });
    if (message.status == 'done') this.#emit('message', { ...message });
    const next = this.#queue.shift();
    if (next) this.#say(next);
  }

  /** Says below an answer why it did not end well. @param {HTMLElement} view @param {string} status @param {any} cause */
  #explain(view, status, cause) {
    const isFailure = status == 'failed';
    const line = element('p', '', { class: (isFailure ? 'message-error' : 'message-note') + ' outcome' });
    line.setAttribute('part', isFailure ? 'notice error' : 'note');
    if (isFailure) line.setAttribute('role', 'alert');
    const name = !isFailure ? 'stopped' : cause?.status ? 'serverError' : 'networkError';
    const retry = element('button', 'retry', { type: 'button' });
    retry.textContent = phrase(this.#options, 'retry');
    retry.addEventListener('click', () => this.#askAgain());
    line.append(phrase(this.#options, name), retry);
    view.append(line);
    if (!isFailure) return;
    console.error('Assisters:', cause);
    this.#emit('error', { kind: cause?.status ? 'server' : 'network', message: String(cause?.message || cause), status: cause?.status ?? null });
  }

  /**
   * @param {'user' | 'assistant'} role
   * @param {string} content
   * @param {string} status
   */
  #add(role, content, status) {
    const message = { id: crypto.getRandomValues(new Uint32Array(2)).join('-'), role, content, status, createdAt: new Date().toISOString() };
    const view = element('article', '', { class: 'message message-' + role, part: 'message message-' + role });
    if (role == 'assistant') view.dataset.status = status;
    const bubble = view.appendChild(element('div', '', { class: 'bubble plain', dir: 'auto' }));
    bubble.textContent = content;
    this.messages.push(message);
    this.#list.append(view);
    this.#list.scrollTop = this.#list.scrollHeight;
    return /** @type {const} */ ([message, view, bubble]);
  }

  /** @param {AbortController | undefined} life */
  #setAnswering(life) {
    this.#answering = life;
    this.#send.hidden = !!life;
    this.#stop.hidden = !life;
  }
}
