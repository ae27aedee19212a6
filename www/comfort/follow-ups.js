// Questions to go on with, below the newest answer: those that the owner names, or a function of theirs. They go when the visitor sends
// anything. Entry of what is fetched with `extras.followUps`.

import { element } from '../engine/nodes.js';
import { find } from './place.js';
import { goOn } from './suggestions.js';
import { say } from './words.js';

/** @import { Place } from './place.js' */

/** How near the end of the list, in CSS pixels, a visitor is at it. */
const AT_END = 60;

/**
 * Returns what can be offered: texts that the visitor has not sent yet, each once.
 *
 * @param {unknown} offered
 * @param {{ role: string, content: string }[]} messages
 * @returns {string[]}
 */
export const unasked = (offered, messages) => {
  const texts = Array.isArray(offered) ? offered.filter((text) => typeof text == 'string').map((text) => text.trim()) : [];
  const asked = messages.filter(({ role }) => role == 'user').map(({ content }) => content.trim());
  return [...new Set(texts)].filter((text) => text && !asked.includes(text));
};

export class Comfort {
  #place;
  #life = new AbortController();
  #row = element('div', 'suggestions', { role: 'group' });
  /** The answer they belong to, or are being asked for. */
  #answer = '';

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#row.classList.add('follow-ups');
    const { host } = place;
    for (const name of ['message-sent', 'stream-start', 'conversation-clear']) host.addEventListener('assisters:' + name, () => this.#leave(), this.#life);
    host.addEventListener('assisters:message', () => this.#offer(), this.#life);
  }

  /** The answer may have come before this script, and the row goes with a widget that is made anew. */
  settle() {
    if (!this.#place.options().extras.followUps || find(this.#place, '[part=clear]')?.hidden) return this.#leave();
    if (this.#row.firstChild && !this.#row.isConnected) find(this.#place, '.messages')?.append(this.#row);
    this.#offer();
  }

  destroy() {
    this.#life.abort();
    this.#leave();
  }

  #leave() {
    if (this.#row.contains(this.#place.root.activeElement)) goOn(this.#place.root);
    this.#row.remove();
    this.#row.replaceChildren();
    this.#answer = '';
  }

  async #offer() {
    const { call, options } = this.#place;
    const { followUps } = options().extras;
    const messages = call('messages') || [];
    const newest = messages.at(-1);
    if (newest?.role != 'assistant' || newest.status != 'done' || newest.id == this.#answer) return;
    this.#answer = newest.id;
    let offered = followUps;
    try {
      if (typeof followUps == 'function') offered = await followUps(newest);
    } catch (cause) {
      return console.error('Assisters: extras.followUps', cause);
    }
    // Something may have been sent meanwhile.
    if (this.#answer == newest.id && !this.#life.signal.aborted) this.#show(unasked(offered, messages));
  }

  /** @param {string[]} texts */
  #show(texts) {
    const list = find(this.#place, '.messages');
    if (!list || !texts.length) return;
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < AT_END;
    this.#row.ariaLabel = say(this.#place.options(), 'followUps');
    this.#row.replaceChildren(
      ...texts.map((text) => {
        const chip = element('button', 'suggestion', { type: 'button', dir: 'auto' });
        chip.textContent = text;
        chip.addEventListener('click', () => this.#place.call('sendMessage', [text]));
        return chip;
      }),
    );
    list.append(this.#row);
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }
}
