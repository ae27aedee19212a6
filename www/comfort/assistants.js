// A choice of assistants in the header, each with a conversation of its own. Entry of what is fetched when the owner offers several.

import css from 'assistants.css';
import { headersOf } from '../attachments/upload.js';
import { dressWith } from '../engine/dress.js';
import { element, icon } from '../engine/nodes.js';
import { find } from './place.js';
import { say } from './words.js';

/** @import { Place } from './place.js' */

const CHEVRON = 'm6 9.5 6 6 6-6';

/** What is known of an assistant. @typedef {{ id: string, name: string, rating?: number }} Card */

/**
 * Returns the assistants of a list as any of the documents writes it: those that are offered, in the owner's order, or all.
 *
 * @param {any} list
 * @param {string[] | true} offered
 * @returns {Card[]}
 */
export const cardsOf = (list, offered) => {
  /** @type {any[]} */
  const entries = [list?.assistants, list?.data, list].find((entries) => Array.isArray(entries) && entries.length) || [];
  const known = entries
    .map(({ slug, id, name, rating }) => ({ id: String(slug || id || ''), name: String(name || slug || id || ''), rating: +rating || undefined, also: id }))
    .filter(({ id }) => id);
  if (offered === true) return known.map(({ also: _, ...card }) => card);
  return offered.map((id) => {
    const found = known.find((card) => card.id == id || card.also == id);
    // A server that lists nothing still answers for those that its owner names.
    return { id, name: found?.name || id, rating: found?.rating };
  });
};

export class Comfort {
  #place;
  #choice = element('select', 'assistants');
  #chevron = icon(CHEVRON);
  /** What was asked for, and by whom it is offered. */
  #asked = '';
  #isGone = false;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#choice.addEventListener('change', () => place.choose({ assistant: this.#choice.value }));
  }

  settle() {
    const heading = find(this.#place, '.heading');
    const { extras } = this.#place.options();
    if (!heading || !extras?.assistants) return this.#leave();
    dressWith(heading, css);
    if (!this.#choice.isConnected) {
      heading.append(this.#choice);
      heading.querySelector('.title')?.after(this.#chevron);
    }
    this.#choice.ariaLabel = say(this.#place.options(), 'assistants');
    this.#ask(extras.assistants);
    this.#mark();
  }

  destroy() {
    this.#isGone = true;
    this.#leave();
  }

  #leave() {
    this.#choice.remove();
    this.#chevron.remove();
    this.#asked = '';
  }

  /** Fetches the list, once for what is offered. @param {string[] | true} offered */
  async #ask(offered) {
    const { apiUrl, dialect } = this.#place.options();
    const asked = JSON.stringify([apiUrl, dialect, offered]);
    if (this.#asked == asked) return;
    this.#asked = asked;
    /** @type {any} */
    let list;
    try {
      const headers = await headersOf(this.#place.options(), this.#place.call);
      const answer = await fetch(`${this.#place.apiUrl()}/${dialect == 'threads' ? 'assisters' : 'assistants'}?limit=100`, { headers });
      if (answer.ok) list = await answer.json();
    } catch {
      // Without the list those that the owner names are called by their ids.
    }
    if (this.#isGone || this.#asked != asked) return;
    this.#choice.replaceChildren(
      ...cardsOf(list, offered).map(({ id, name, rating }) => {
        const option = element('option', '');
        option.value = id;
        option.textContent = rating ? `${name} · ★ ${rating.toFixed(1)}` : name;
        return option;
      }),
    );
    this.#mark();
  }

  /** Shows which is chosen; a choice of one is none. */
  #mark() {
    this.#choice.value = this.#place.options().assistant;
    this.#choice.hidden = this.#choice.length < 2;
    this.#chevron.toggleAttribute('hidden', this.#choice.hidden);
  }
}
