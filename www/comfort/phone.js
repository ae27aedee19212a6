// A panel that is the whole screen: stays above the on-screen keyboard, keeps the page beneath from scrolling and the focus within, and
// closes by the way back. Entry of what is fetched when a panel opens on a small screen.

import { offlineNote } from './offline.js';
import { find, WHOLE_SCREEN } from './place.js';

/** @import { Place } from './place.js' */

/** How many panels hold the page, and what its root's style was before the first did. */
const held = { count: 0, overflow: '', priority: '' };

/** Keeps the page from scrolling. */
const hold = () => {
  const { style } = document.documentElement;
  if (held.count++) return;
  held.overflow = style.getPropertyValue('overflow');
  held.priority = style.getPropertyPriority('overflow');
  style.setProperty('overflow', 'hidden', 'important');
};

/** Lets it go, as it was. */
const release = () => {
  if (--held.count) return;
  const { style } = document.documentElement;
  style.removeProperty('overflow');
  if (held.overflow) style.setProperty('overflow', held.overflow, held.priority);
  // Nothing of ours stays, not even an empty attribute.
  if (!style.length && document.documentElement.getAttribute('style') == '') document.documentElement.removeAttribute('style');
};

/** What can have the focus, in the order of the Tab key. */
const FOCUSABLE = 'a[href], button:not(:disabled), textarea, input, summary, [tabindex="0"]';

export class Comfort {
  #place;
  #small = matchMedia(WHOLE_SCREEN);
  #life = new AbortController();
  #offline;
  /** While the panel is the whole screen. @type {AbortController | undefined} */
  #shown;
  /** Our entry in the page's history, if there is one. @type {string | undefined} */
  #entry;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#offline = offlineNote(place, this.#life.signal);
    this.#small.addEventListener('change', () => this.settle(), this.#life);
  }

  settle() {
    this.#offline.settle();
    const isWhole = this.#place.isOpen() && this.#small.matches && this.#place.options().position != 'inline';
    if (isWhole && !this.#shown) this.#begin();
    else if (!isWhole) this.#end();
    const panel = find(this.#place, '.panel');
    // The engine may have made another one.
    if (isWhole) panel?.setAttribute('aria-modal', 'true');
    else panel?.removeAttribute('aria-modal');
  }

  destroy() {
    this.#end();
    this.#life.abort();
  }

  #begin() {
    this.#shown = new AbortController();
    const { signal } = this.#shown;
    const { root, options } = this.#place;
    hold();
    this.#takeFocus();
    root.addEventListener('keydown', (event) => this.#keepFocus(/** @type {KeyboardEvent} */ (event)), { signal });
    // A tap on a button takes the focus, and the keyboard with it; one that is up stays, and one that is not does not come.
    root.addEventListener('pointerdown', (event) => /** @type {Element} */ (event.target).closest('.send, .stop') && event.preventDefault(), { signal });
    root.addEventListener('mousedown', (event) => /** @type {Element} */ (event.target).closest('.send, .stop') && event.preventDefault(), { signal });
    const view = window.visualViewport;
    const fit = () => this.#fit(view);
    view?.addEventListener('resize', fit, { signal });
    view?.addEventListener('scroll', fit, { signal });
    fit();
    if (options().extras?.backCloses !== false) this.#enterHistory(signal);
  }

  #end() {
    if (!this.#shown) return;
    this.#shown.abort();
    this.#shown = undefined;
    release();
    const widget = find(this.#place, '.widget');
    for (const name of ['height', 'top']) widget?.style.removeProperty('--assisters-viewport-' + name);
    // Closed in another way: the entry goes, too.
    if (this.#entry && history.state?.assisters == this.#entry) history.back();
    this.#entry = undefined;
  }

  /** The launcher is gone, and the focus with it. One that is elsewhere in the page is not taken: somebody may be writing there. */
  #takeFocus() {
    const panel = find(this.#place, '.panel');
    const { root, host } = this.#place;
    if (!panel || panel.contains(root.activeElement) || ![document.body, host, null].includes(/** @type {any} */ (document.activeElement))) return;
    // Not the input: it would bring the keyboard up.
    panel.tabIndex = -1;
    panel.focus({ preventScroll: true });
  }

  /** Brings the panel to where the keyboard leaves room. A page that the visitor has zoomed into is left alone. @param {VisualViewport | null} view */
  #fit(view) {
    const widget = find(this.#place, '.widget');
    if (!view || !widget || Math.abs(view.scale - 1) > 0.01) return;
    widget.style.setProperty('--assisters-viewport-height', view.height + 'px');
    widget.style.setProperty('--assisters-viewport-top', view.offsetTop + 'px');
  }

  /** @param {AbortSignal} signal */
  #enterHistory(signal) {
    this.#entry = crypto.getRandomValues(new Uint32Array(2)).join('-');
    // A router finds its own state in ours.
    history.pushState({ ...history.state, assisters: this.#entry }, '');
    const leave = () => {
      if (history.state?.assisters == this.#entry) return;
      this.#entry = undefined;
      this.#place.call('close', []);
    };
    addEventListener('popstate', leave, { signal });
  }

  /** The page beneath can not be seen, so the focus goes round in the panel. @param {KeyboardEvent} event */
  #keepFocus(event) {
    if (event.key != 'Tab' || event.altKey || event.ctrlKey || event.metaKey) return;
    const panel = find(this.#place, '.panel');
    const all = /** @type {HTMLElement[]} */ ([...(panel?.querySelectorAll(FOCUSABLE) || [])]).filter((one) => one.checkVisibility());
    const [first, last] = [all[0], all[all.length - 1]];
    const at = this.#place.root.activeElement;
    if (at != (event.shiftKey ? first : last) && panel?.contains(at)) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}
