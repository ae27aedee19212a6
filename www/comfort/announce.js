// Tells those who do not see the panel what was answered: once, when it is finished, or sentence by sentence at a calm pace. The list itself
// is no live region, as a stream would be read out word by word. Entry of what is fetched with the first message.

import { element } from '../engine/nodes.js';
import { find } from './place.js';

/** @import { Place } from './place.js' */

/** A reader that is interrupted all the time says nothing. */
const PAUSE_MILLIS = 1500;

/** Of a longer answer the beginning is told; the rest is in the list. */
const MOST = 2000;

/** Blocks, between which a voice pauses. */
const BLOCKS = 'p, li, td, th, h1, h2, h3, h4, h5, h6, pre, blockquote';

/** The words of an answer, a pause after each of its blocks. @param {Element | null | undefined} text @returns {string} */
export const wordsOf = (text) => {
  if (!text) return '';
  const copy = /** @type {Element} */ (text.cloneNode(true));
  for (const silent of copy.querySelectorAll('button, [aria-hidden="true"], .code-head')) silent.remove();
  for (const block of copy.querySelectorAll(BLOCKS)) block.append(' ');
  return (copy.textContent || '').replace(/\s+/g, ' ').trim();
};

/** The whole sentences of a text that go on after `from`. @param {string} text @param {number} from @param {string} [locale] */
export const sentencesAfter = (text, from, locale) => {
  const rest = text.slice(from);
  // The last one may not be finished yet.
  const pieces = [...new Intl.Segmenter(locale, { granularity: 'sentence' }).segment(rest)].slice(0, -1);
  return pieces.map(({ segment }) => segment).join('');
};

export class Comfort {
  #place;
  #region = element('div', 'unseen', { role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true' });
  #life = new AbortController();
  #observer = new MutationObserver(() => this.#grown());
  /** How much of the answer that is arriving has been told. */
  #told = 0;
  #lastAt = 0;
  #timer = 0;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    const { host } = place;
    this.#region.classList.add('announcer');
    host.addEventListener('assisters:stream-start', () => this.#begin(), this.#life);
    host.addEventListener('assisters:stream-end', (event) => this.#end(/** @type {CustomEvent} */ (event).detail), this.#life);
    if (host.shadowRoot?.querySelector('[data-status=streaming]')) this.#begin();
  }

  /** Whoever made the widget anew has taken the region away. */
  settle() {
    if (!this.#region.isConnected) find(this.#place, '.widget')?.append(this.#region);
  }

  destroy() {
    this.#life.abort();
    this.#observer.disconnect();
    clearTimeout(this.#timer);
    this.#region.remove();
  }

  get #manner() {
    return this.#place.options().extras?.announce || 'answer';
  }

  #begin() {
    this.settle();
    this.#told = 0;
    const list = find(this.#place, '.messages');
    if (this.#manner == 'sentences' && list) this.#observer.observe(list, { childList: true, characterData: true, subtree: true });
  }

  /** @param {{ status: string }} detail */
  #end({ status }) {
    this.#observer.disconnect();
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#manner == 'off' || status != 'done') return;
    // The view paints what came last with the next frame.
    setTimeout(() => this.#tell(this.#answer().slice(this.#told, this.#told + MOST)), 100);
  }

  #grown() {
    if (this.#timer) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      const next = sentencesAfter(this.#answer(), this.#told, this.#place.options().locale);
      this.#told += next.length;
      this.#tell(next);
    }, Math.max(0, this.#lastAt + PAUSE_MILLIS - Date.now()));
  }

  #answer() {
    const answers = this.#place.root.querySelectorAll('[data-status] > .bubble');
    return wordsOf(answers[answers.length - 1]);
  }

  /** @param {string} words */
  #tell(words) {
    if (!words.trim()) return;
    this.#lastAt = Date.now();
    this.#region.textContent = words;
  }
}
