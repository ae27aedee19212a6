// What an owner may ask for beside the conversation: a bubble that greets, questions before the first message, a word on business hours, a count
// in the page's title, a sound, a shortcut. Entry of what is fetched for `extras` of the owner's.

import css from 'owner.css';
import { dressWith } from '../engine/dress.js';
import { chime } from './chime.js';
import { form } from './form.js';
import { greeter } from './greeter.js';
import { hoursNote } from './hours.js';
import { MUTED, recall } from './memory.js';
import { find } from './place.js';

/** @import { Place } from './place.js' */

/** A shortcut's modifiers, and the property of an event that tells of each. @type {Record<string, 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>} */
const MODIFIERS = { ctrl: 'ctrlKey', alt: 'altKey', shift: 'shiftKey', meta: 'metaKey' };

/** Whether a pressed key is a shortcut such as `Alt+C`. @param {KeyboardEvent} event @param {string} shortcut */
export const isShortcut = (event, shortcut) => {
  const keys = shortcut.toLowerCase().split('+').map((key) => key.trim());
  const key = keys.pop();
  return Object.entries(MODIFIERS).every(([name, property]) => event[property] == keys.includes(name)) && event.key.toLowerCase() == key;
};

export class Comfort {
  #place;
  #life = new AbortController();
  #greeter;
  #form;
  #hours;
  /** What stands before the page's own title. */
  #mark = '';

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#greeter = greeter(place, this.#life.signal);
    this.#form = form(place);
    this.#hours = hoursNote(place);
    const { host } = place;
    host.addEventListener('assisters:unread', (event) => this.#count(/** @type {CustomEvent} */ (event).detail.count), this.#life);
    host.addEventListener('assisters:message', () => {
      if (this.#extras.sound && !recall(() => localStorage, MUTED) && (!place.isOpen() || document.hidden)) chime();
    }, this.#life);
    host.addEventListener('assisters:message-sent', () => this.#form.settle(), this.#life);
    // Answers may have come before this script.
    this.#count(Number(find(place, '.badge:not([hidden])')?.textContent || 0));
    addEventListener('keydown', (event) => {
      if (!this.#extras.shortcut || !isShortcut(event, this.#extras.shortcut)) return;
      event.preventDefault();
      event.stopPropagation();
      this.#toggle();
      // Before the input hears it, which keeps what is written there from the page.
    }, { capture: true, signal: this.#life.signal });
  }

  settle() {
    const widget = find(this.#place, '.widget');
    if (widget) dressWith(widget, css);
    for (const piece of [this.#greeter, this.#form, this.#hours]) piece.settle();
  }

  destroy() {
    this.#life.abort();
    this.#count(0);
    for (const piece of [this.#greeter, this.#form, this.#hours]) piece.leave();
  }

  get #extras() {
    return this.#place.options().extras || {};
  }

  /** A shortcut means the input, wherever the focus was; and gives it back. */
  #toggle() {
    const { call, isOpen } = this.#place;
    const was = isOpen();
    call('toggle');
    if (!was) setTimeout(() => find(this.#place, '.input')?.focus({ preventScroll: true }));
  }

  /** @param {number} count */
  #count(count) {
    const mark = count && this.#extras.unreadInTitle ? `(${count}) ` : '';
    // The page may have another title by now, of its own.
    const own = this.#mark && document.title.startsWith(this.#mark) ? document.title.slice(this.#mark.length) : document.title;
    if (mark != this.#mark) document.title = mark + own;
    this.#mark = mark;
  }
}
