// Room on a desktop: a panel of three sizes, or any size that it is drawn to, remembered. Entry of what is fetched when a panel opens beside its launcher.

import css from 'desk.css';
import { dressWith } from '../engine/dress.js';
import { element, iconButton } from '../engine/nodes.js';
import { offlineNote } from './offline.js';
import { recall, remember } from './memory.js';
import { find } from './place.js';
import { say } from './words.js';

/** @import { Place } from './place.js' */

const EXPAND = 'M14 4.5h5.5V10m0-5.5-6 6M10 19.5H4.5V14m0 5.5 6-6';
const SHRINK = 'M19.5 9H15V4.5m0 4.5 5-5M4.5 15H9v4.5m0-4.5-5 5';

/** Where the size is remembered, which is the visitor's for all pages of a site. */
const KEY = 'assisters-size';

/** Of these the button in the header goes back to the usual size. */
const LARGE = ['expanded', 'full'];

/** The least that a panel can be used at, in CSS pixels, and how far an arrow key goes. */
const LEAST = { width: 320, height: 360 };
const STEP = 24;

/** What was remembered: a size's name, or a width and a height. @typedef {{ size?: string, width?: number, height?: number }} Size */

export class Comfort {
  #place;
  #life = new AbortController();
  #offline;
  #handle = element('div', 'resize', { role: 'separator', tabindex: '0', 'aria-orientation': 'vertical' });
  #button = iconButton('expand', '', EXPAND);
  /** @type {Size} */
  #size;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#offline = offlineNote(place, this.#life.signal);
    this.#size = recall(() => localStorage, KEY) || {};
    this.#button.className = 'icon-button expand';
    this.#button.addEventListener('click', () => this.#change({ size: this.#isExpanded ? 'normal' : 'expanded' }));
    this.#handle.addEventListener('pointerdown', (event) => this.#drag(event));
    this.#handle.addEventListener('keydown', (event) => this.#step(event));
    this.#handle.addEventListener('focus', () => this.#tell());
  }

  settle() {
    this.#offline.settle();
    const panel = find(this.#place, '.panel');
    const close = find(this.#place, '[part=close]');
    const isFloating = this.#place.options().position != 'inline';
    if (!panel || !close || !isFloating) return this.#leave();
    dressWith(panel, css);
    if (!this.#button.isConnected) (find(this.#place, '.menu-button') || close).before(this.#button);
    const isNew = !this.#handle.isConnected;
    if (this.#place.options().extras.resizable === false) this.#handle.remove();
    else if (isNew) panel.append(this.#handle);
    this.#show();
    if (isNew) this.#tell();
  }

  destroy() {
    this.#life.abort();
    this.#leave();
  }

  #leave() {
    this.#place.sizes = undefined;
    this.#button.remove();
    this.#handle.remove();
  }

  get #isExpanded() {
    return LARGE.includes(this.#current);
  }

  get #current() {
    return this.#size.size || this.#place.options().extras.size || 'normal';
  }

  #show() {
    const { options } = this.#place;
    const widget = find(this.#place, '.widget');
    const panel = find(this.#place, '.panel');
    if (!widget || !panel) return;
    const { width, height } = this.#size;
    const size = (widget.dataset.size = this.#current);
    this.#place.sizes = { current: size, change: (size) => this.#change({ size }) };
    for (const [name, value] of Object.entries({ width, height })) {
      if (value && size == 'normal') panel.style.setProperty('--assisters-' + name, value + 'px');
      else panel.style.removeProperty('--assisters-' + name);
    }
    const label = say(options(), this.#isExpanded ? 'shrink' : 'expand');
    this.#button.ariaLabel = this.#button.title = label;
    this.#button.querySelector('path')?.setAttribute('d', this.#isExpanded ? SHRINK : EXPAND);
    this.#handle.ariaLabel = say(options(), 'resize');
    this.#handle.hidden = this.#isExpanded;
  }

  /** Says how wide the panel is. Not whenever something has changed elsewhere: to measure takes as long as all else here. */
  #tell() {
    this.#handle.ariaValueNow = String(Math.round(find(this.#place, '.panel')?.offsetWidth || 0));
    this.#handle.ariaValueMin = String(LEAST.width);
    this.#handle.ariaValueMax = String(innerWidth);
  }

  /** @param {Size} size */
  #change(size) {
    this.#size = size;
    this.#show();
    if (this.#handle.matches(':focus')) this.#tell();
    if (this.#place.options().persist != 'none') remember(() => localStorage, KEY, size);
  }

  /** Which way the panel grows: away from its corner. */
  get #away() {
    const { position = 'bottom-right' } = this.#place.options();
    return { x: /left/.test(position) ? 1 : -1, y: /top/.test(position) ? 1 : -1 };
  }

  /** @param {number} width @param {number} height */
  #resize(width, height) {
    const fit = (/** @type {number} */ value, /** @type {number} */ least, /** @type {number} */ most) => Math.round(Math.min(Math.max(value, least), most));
    this.#change({ size: 'normal', width: fit(width, LEAST.width, innerWidth - 40), height: fit(height, LEAST.height, innerHeight - 40) });
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const panel = find(this.#place, '.panel');
    if (!panel || event.button) return;
    event.preventDefault();
    const [x, y, width, height] = [event.clientX, event.clientY, panel.offsetWidth, panel.offsetHeight];
    const away = this.#away;
    this.#handle.setPointerCapture(event.pointerId);
    const moved = (/** @type {PointerEvent} */ to) => this.#resize(width + away.x * (to.clientX - x), height + away.y * (to.clientY - y));
    const dragging = new AbortController();
    this.#handle.addEventListener('pointermove', moved, dragging);
    for (const end of ['pointerup', 'pointercancel']) this.#handle.addEventListener(end, () => dragging.abort(), dragging);
  }

  /** @param {KeyboardEvent} event */
  #step(event) {
    const panel = find(this.#place, '.panel');
    /** @type {Record<string, [x: number, y: number]>} */
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (!step || !panel) return;
    event.preventDefault();
    const away = this.#away;
    this.#resize(panel.offsetWidth + away.x * step[0] * STEP, panel.offsetHeight + away.y * step[1] * STEP);
  }
}
