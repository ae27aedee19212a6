// The menu in the header: what can be done with the conversation and with the panel as a whole. Entry of what is fetched when a panel opens,
// unless its owner wants none. Which keys do what in it is menu-keys.js'.

import css from 'menu.css';
import { dressWith } from '../engine/dress.js';
import { element, icon, iconButton } from '../engine/nodes.js';
import { MUTED, recall, remember } from './memory.js';
import { itemFor } from './menu-keys.js';
import { find, WHOLE_SCREEN } from './place.js';
import { fileNameOf, transcriptOf } from './transcript.js';
import { say } from './words.js';

/** @import { Place } from './place.js' */

const DOTS = 'M5 12h.01M12 12h.01M19 12h.01';
const CHECK = 'm5 12.5 4.5 4.5L19 7.5';
const ICONS = {
  startOver: 'M12 4.5H7A2.5 2.5 0 0 0 4.5 7v10A2.5 2.5 0 0 0 7 19.5h10a2.5 2.5 0 0 0 2.5-2.5v-5M18 3.6a1.7 1.7 0 0 1 2.4 2.4L13 13.4l-3.2.8.8-3.2Z',
  copyAll: 'M9 9h10.5v10.5H9ZM15 5.5v-1H4.5V15h1',
  download: 'M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14',
};

/** The sizes of a panel on a desktop, and what they are called. */
const SIZES = [['compact', 'sizeCompact'], ['normal', 'sizeNormal'], ['expanded', 'sizeWide'], ['full', 'sizeFull']];

/** Where it is remembered that the visitor wants larger text, for all pages of a site. */
const LARGE = 'assisters-large-text';

/** How long it is said that something was copied. */
const SAID_MILLIS = 2000;

/** How much larger the text becomes. */
const LARGER = 1.2;

/** One line of the menu. @typedef {{ key: string, act: () => void, shape?: string, role?: string, isChecked?: boolean, isDisabled?: boolean }} Line */

export class Comfort {
  #place;
  #button = iconButton('menu-button', '', DOTS);
  #menu = element('div', 'menu', { role: 'menu', id: 'menu' });
  #said = element('span', 'unseen', { role: 'status' });
  #life = new AbortController();
  /** While the menu is open. @type {AbortController | undefined} */
  #shown;
  /** Letters that were typed one after the other, and when the last was. */
  #typed = { letters: '', at: 0 };
  #timer = 0;
  #isLarge;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#isLarge = !!recall(() => localStorage, LARGE);
    this.#button.className = 'icon-button menu-button';
    for (const [name, value] of Object.entries({ 'aria-haspopup': 'menu', 'aria-expanded': 'false' })) this.#button.setAttribute(name, value);
    this.#button.addEventListener('click', () => (this.#shown ? this.#close() : this.#open('first')));
    this.#button.addEventListener('keydown', (event) => {
      const end = { ArrowDown: 'first', ArrowUp: 'last' }[event.key];
      if (!end) return;
      event.preventDefault();
      this.#open(end);
    });
    this.#menu.addEventListener('keydown', (event) => this.#press(event));
  }

  settle() {
    const close = find(this.#place, '[part=close]');
    const panel = find(this.#place, '.panel');
    if (!close || !panel || this.#place.options().extras.menu === false) return this.#leave();
    dressWith(close, css);
    if (!this.#button.isConnected) {
      close.before(this.#button);
      panel.append(this.#said);
    }
    this.#button.ariaLabel = this.#button.title = say(this.#place.options(), 'menu');
    this.#menu.ariaLabel = this.#button.ariaLabel;
    this.#applyText();
    if (!this.#place.isOpen()) this.#close();
  }

  destroy() {
    this.#life.abort();
    this.#leave();
  }

  #leave() {
    this.#close();
    clearTimeout(this.#timer);
    for (const made of [this.#button, this.#said]) made.remove();
  }

  /** @param {string} end where the focus goes: to the first line or to the last */
  #open(end) {
    this.#close();
    this.#typed.letters = '';
    this.#menu.replaceChildren(...this.#groups().map((lines) => this.#group(lines)));
    this.#button.after(this.#menu);
    this.#button.ariaExpanded = 'true';
    this.#button.setAttribute('aria-controls', 'menu');
    const panel = find(this.#place, '.panel');
    const room = (panel?.getBoundingClientRect().bottom || innerHeight) - this.#button.getBoundingClientRect().bottom;
    this.#menu.style.setProperty('--room', Math.round(room) + 'px');
    this.#shown = new AbortController();
    // Outside of the widget, too; a press within another part of it does what it does, and ends the menu.
    addEventListener('pointerdown', (event) => event.composedPath().some((one) => one == this.#menu || one == this.#button) || this.#close(), {
      capture: true,
      signal: this.#shown.signal,
    });
    this.#menu.addEventListener('focusout', ({ relatedTarget }) => relatedTarget && !this.#menu.contains(/** @type {Node} */ (relatedTarget)) && this.#close(), this.#shown);
    this.#items.at(end == 'last' ? -1 : 0)?.focus({ preventScroll: true });
  }

  #close() {
    if (!this.#shown) return;
    this.#shown.abort();
    this.#shown = undefined;
    if (this.#menu.contains(this.#place.root.activeElement)) this.#button.focus({ preventScroll: true });
    this.#button.ariaExpanded = 'false';
    this.#button.removeAttribute('aria-controls');
    this.#menu.remove();
  }

  get #items() {
    return /** @type {HTMLElement[]} */ ([...this.#menu.querySelectorAll('[role^=menuitem]')]);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.key == 'Tab') return this.#close();
    event.stopPropagation();
    if (event.key == 'Escape') return this.#close();
    const items = this.#items;
    const letter = event.key.length == 1 && event.key != ' ' && !event.ctrlKey && !event.metaKey && !event.altKey ? event.key : '';
    if (letter) {
      const isPrompt = event.timeStamp - this.#typed.at < 700;
      this.#typed = { letters: (isPrompt ? this.#typed.letters : '') + letter.toLowerCase(), at: event.timeStamp };
    }
    const at = items.indexOf(/** @type {HTMLElement} */ (this.#place.root.activeElement));
    const next = itemFor(event.key, this.#typed.letters, at, items.map((item) => item.textContent || ''));
    if (next == null) return;
    event.preventDefault();
    items[next]?.focus();
  }

  /** What there is to choose at present, in groups. */
  #groups() {
    const { call, options, sizes } = this.#place;
    // The engine shows its own button for it where there is something to clear.
    const isEmpty = !!find(this.#place, '[part=clear]')?.hidden;
    /** @type {Line[]} */
    const conversation = [{ key: 'startOver', shape: ICONS.startOver, act: () => call('clear'), isDisabled: isEmpty }];
    if (navigator.clipboard) conversation.push({ key: 'copyAll', shape: ICONS.copyAll, act: () => this.#copy(), isDisabled: isEmpty });
    conversation.push({ key: 'download', shape: ICONS.download, act: () => this.#download(), isDisabled: isEmpty });
    /** @type {Line[]} */
    const size = [];
    if (sizes && !matchMedia(WHOLE_SCREEN).matches) {
      for (const [name, key] of SIZES) size.push({ key, role: 'menuitemradio', isChecked: sizes.current == name, act: () => sizes.change(name) });
    }
    /** @type {Line[]} */
    const comfort = [{ key: 'largeText', role: 'menuitemcheckbox', isChecked: this.#isLarge, act: () => this.#enlarge() }];
    const isMuted = !!recall(() => localStorage, MUTED);
    if (options().extras.sound) comfort.push({ key: 'sound', role: 'menuitemcheckbox', isChecked: !isMuted, act: () => this.#keep(MUTED, !isMuted) });
    return [conversation, size, comfort].filter((lines) => lines.length);
  }

  /** @param {Line[]} lines */
  #group(lines) {
    const group = element('div', 'menu-group', { role: 'group' });
    if (lines[0].role == 'menuitemradio') group.ariaLabel = say(this.#place.options(), 'sizes');
    for (const { key, act, shape = CHECK, role = 'menuitem', isChecked, isDisabled } of lines) {
      const item = element('button', 'menu-item', { type: 'button', role, tabindex: '-1' });
      if (isChecked != null) item.ariaChecked = String(isChecked);
      if (isDisabled) item.ariaDisabled = 'true';
      item.append(icon(shape), say(this.#place.options(), key));
      item.addEventListener('click', () => {
        if (isDisabled) return;
        this.#close();
        act();
      });
      group.append(item);
    }
    return group;
  }

  #words() {
    const { call, options, root } = this.#place;
    const name = root.querySelector('.title')?.textContent || '';
    return { name, words: transcriptOf(call('messages'), { you: say(options(), 'you'), assistant: name, locale: options().locale }) };
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#words().words);
    } catch (cause) {
      return console.warn('Assisters: the browser did not let the conversation be copied', cause);
    }
    // The button says so, and whoever does not see it is told.
    this.#said.textContent = say(this.#place.options(), 'copied');
    this.#draw(CHECK);
    this.#timer = window.setTimeout(() => {
      this.#said.textContent = '';
      this.#draw(DOTS);
    }, SAID_MILLIS);
  }

  /** @param {string} path */
  #draw(path) {
    clearTimeout(this.#timer);
    this.#button.querySelector('path')?.setAttribute('d', path);
  }

  #download() {
    const { name, words } = this.#words();
    const address = URL.createObjectURL(new Blob([words], { type: 'text/plain' }));
    element('a', '', { href: address, download: fileNameOf(name, new Date()) }).click();
    // The browser has taken it by then.
    setTimeout(() => URL.revokeObjectURL(address), SAID_MILLIS);
  }

  #enlarge() {
    this.#isLarge = !this.#isLarge;
    this.#keep(LARGE, this.#isLarge);
    this.#applyText();
  }

  /** By what the owner, or the page, has given the text: which is only asked for where it matters, as to ask has all styles worked out at once. */
  #applyText() {
    const style = find(this.#place, '.widget')?.style;
    if (!this.#isLarge) return style?.removeProperty('--assisters-font-size');
    const size = getComputedStyle(this.#place.host).getPropertyValue('--assisters-font-size');
    return style?.setProperty('--assisters-font-size', `calc(${size} * ${LARGER})`);
  }

  /** @param {string} key @param {boolean} isOn */
  #keep(key, isOn) {
    if (this.#place.options().persist != 'none') remember(() => localStorage, key, isOn ? 1 : null);
  }
}
