// Speaking instead of writing, and hearing an answer read out, by the browser's own Web Speech. A browser without one of them shows nothing of it.

import css from 'voice.css';
import { dressWith } from '../engine/dress.js';
import { element, iconButton } from '../engine/nodes.js';
import { wordsOf } from './announce.js';
import { find } from './place.js';
import { say } from './words.js';

/** @import { Place } from './place.js' */

const MICROPHONE = 'M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3Zm-6.5 8a6.5 6.5 0 0 0 13 0M12 18v3';
const SPEAKER = 'M4.5 9.5v5h3l4.5 4v-13l-4.5 4Zm11-.5a4 4 0 0 1 0 6m2.5-8.5a7.5 7.5 0 0 1 0 11';

/** Errors of a recognition that are the visitor's own doing. */
const WANTED = ['aborted'];

export class Comfort {
  #place;
  /** @type {any} */
  #Recognition = /** @type {any} */ (window).SpeechRecognition || /** @type {any} */ (window).webkitSpeechRecognition;
  #speech = window.speechSynthesis;
  #button = iconButton('dictate', '', MICROPHONE);
  #status = element('p', 'voice-status', { role: 'status' });
  #observer = new MutationObserver((changes) => this.#grown(changes));
  /** While somebody speaks. @type {any} */
  #listening;
  /** The answer that is being read out. @type {HTMLElement | undefined} */
  #reading;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
    this.#button.addEventListener('click', () => (this.#listening ? this.#listening.stop() : this.#listen()));
  }

  settle() {
    const form = find(this.#place, '.composer');
    const list = find(this.#place, '.messages');
    const { extras } = this.#place.options();
    if (!form || !list || !extras?.voice) return this.#leave();
    dressWith(form, css);
    if (!this.#place.isOpen()) this.#hush();
    if (this.#Recognition && !this.#button.isConnected) {
      form.querySelector('.send')?.before(this.#button);
      form.before(this.#status);
    }
    this.#mark();
    if (!this.#speech) return;
    for (const row of list.querySelectorAll('.message-assistant > .actions')) this.#offer(row);
    this.#observer.observe(list, { childList: true, subtree: true });
  }

  destroy() {
    this.#leave();
  }

  #leave() {
    this.#hush();
    this.#observer.disconnect();
    for (const made of [this.#button, this.#status]) made.remove();
    this.#place.root.querySelectorAll('.read-aloud').forEach((button) => button.remove());
  }

  #hush() {
    this.#listening?.abort();
    if (this.#reading) this.#speech.cancel();
  }

  get #language() {
    const { extras, locale } = this.#place.options();
    return extras.voice.language || locale || document.documentElement.lang || navigator.language;
  }

  #mark() {
    const isOn = !!this.#listening;
    this.#button.ariaLabel = this.#button.title = say(this.#place.options(), isOn ? 'voiceStop' : 'voiceDictate');
    this.#button.ariaPressed = String(isOn);
    this.#tell(isOn ? 'voiceListening' : '');
  }

  /** @param {string} key */
  #tell(key) {
    this.#status.textContent = key && say(this.#place.options(), key);
    this.#status.hidden = !key;
  }

  #listen() {
    const input = /** @type {HTMLTextAreaElement} */ (find(this.#place, '.input'));
    const before = input.value && input.value.trimEnd() + ' ';
    const recognition = new this.#Recognition();
    this.#listening = recognition;
    Object.assign(recognition, { lang: this.#language, interimResults: true, continuous: true });
    let failure = '';
    recognition.onresult = (/** @type {any} */ { results }) => {
      // What stands there already was written by hand, or said before.
      input.value = before + [...results].map(([best]) => best.transcript).join('').trimStart();
      input.dispatchEvent(new Event('input', { bubbles: true }));
    };
    recognition.onerror = (/** @type {any} */ { error }) => {
      if (!WANTED.includes(error)) failure = /not-allowed|service/.test(error) ? 'voiceDenied' : 'voiceFailed';
    };
    recognition.onend = () => {
      this.#listening = undefined;
      this.#mark();
      if (failure) this.#tell(failure);
    };
    recognition.start();
    this.#mark();
  }

  /** Rows of actions come and go with what is in sight. @param {MutationRecord[]} changes */
  #grown(changes) {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node instanceof Element && node.matches('.message-assistant > .actions')) this.#offer(node);
    }
  }

  /** @param {Element} row */
  #offer(row) {
    const message = /** @type {HTMLElement} */ (row.parentElement);
    if (row.querySelector('.read-aloud') || message.dataset.status != 'done') return;
    const button = iconButton('read-aloud', '', SPEAKER);
    button.classList.add('action');
    button.setAttribute('part', 'action read-aloud');
    this.#label(button, this.#reading == message);
    button.addEventListener('click', () => this.#read(message));
    const time = row.querySelector('.time');
    if (time) time.before(button);
    else row.append(button);
  }

  /** @param {HTMLElement} button @param {boolean} isReading */
  #label(button, isReading) {
    button.ariaLabel = button.title = say(this.#place.options(), isReading ? 'voiceQuiet' : 'voiceRead');
    button.ariaPressed = String(isReading);
  }

  /** @param {HTMLElement} message */
  #read(message) {
    const wasReading = this.#reading == message;
    this.#speech.cancel();
    if (wasReading) return;
    const { name, rate } = this.#place.options().extras.voice;
    const utterance = new SpeechSynthesisUtterance(wordsOf(message.querySelector('.bubble')));
    utterance.lang = this.#language;
    utterance.rate = rate || 1;
    utterance.voice = this.#speech.getVoices().find((voice) => voice.name == name) || null;
    const label = (/** @type {boolean} */ isReading) => {
      const button = /** @type {HTMLElement | null} */ (message.querySelector('.read-aloud'));
      if (button) this.#label(button, isReading);
    };
    utterance.onend = utterance.onerror = () => {
      if (this.#reading == message) this.#reading = undefined;
      label(false);
    };
    this.#reading = message;
    label(true);
    this.#speech.speak(utterance);
  }
}
