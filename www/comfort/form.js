// Questions before the first message: name, e-mail, consent. Asked once; the answers become the option `user`.

import { element } from '../engine/nodes.js';
import { recall, remember } from './memory.js';
import { find } from './place.js';
import { say } from './words.js';

/** @import { Place } from './place.js' */

const KEY = 'assisters-visitor';

/** @param {Place} place */
export const form = (place) => {
  const area = () => (place.options().persist == 'session' ? sessionStorage : localStorage);
  const isKept = () => place.options().persist != 'none';
  /** @type {Record<string, string> | undefined} */
  let answers = (isKept() && recall(area, KEY)) || undefined;
  /** @type {HTMLFormElement | undefined} */
  let shown;

  const phrase = (/** @type {string} */ key) => say(place.options(), key);

  /** Tells the engine who is asking, unless it knows. */
  const introduce = () => {
    const { user } = place.options();
    if (answers && Object.entries(answers).some(([name, value]) => user?.[name] != value)) place.choose({ user: answers });
  };

  /** @param {string} name @param {string} label @param {Record<string, string>} attributes */
  const field = (name, label, attributes) => {
    const row = element('label', 'form-row');
    const input = element('input', 'form-input', { name, required: '', dir: 'auto', ...attributes });
    const words = element('span', 'form-label');
    words.textContent = label;
    const error = element('span', 'form-error', { id: 'form-error-' + name, role: 'alert' });
    input.setAttribute('aria-describedby', error.id);
    const check = attributes.type == 'checkbox';
    if (check) row.classList.add('form-check');
    row.append(...(check ? [input, words] : [words, input]), error);
    input.addEventListener('invalid', (event) => {
      // In our own words, beside the field.
      event.preventDefault();
      if (shown?.querySelector(':invalid') == input) input.focus();
      input.ariaInvalid = 'true';
      error.textContent = phrase(input.validity.typeMismatch ? 'formEmailWrong' : 'formRequired');
    });
    input.addEventListener('input', () => {
      input.ariaInvalid = null;
      error.textContent = '';
    });
    return row;
  };

  const show = () => {
    const composer = find(place, '.composer');
    const option = place.options().extras.form;
    if (!composer || shown) return;
    shown = element('form', 'form');
    if (option.name !== false) shown.append(field('name', phrase('formName'), { autocomplete: 'name' }));
    if (option.email !== false) shown.append(field('email', phrase('formEmail'), { type: 'email', autocomplete: 'email' }));
    if (option.consent) shown.append(field('consent', option.consent === true ? phrase('formConsent') : option.consent, { type: 'checkbox' }));
    const start = element('button', 'form-start', { type: 'submit' });
    start.textContent = phrase('formStart');
    shown.append(start);
    shown.addEventListener('submit', (event) => {
      event.preventDefault();
      const given = new FormData(shown);
      answers = {};
      for (const name of ['name', 'email']) if (given.get(name)) answers[name] = String(given.get(name)).trim();
      if (isKept()) remember(area, KEY, answers);
      leave();
      introduce();
      find(place, '.input')?.focus({ preventScroll: true });
    });
    // Keys that are pressed here are not the page's.
    shown.addEventListener('keydown', (event) => event.key != 'Escape' && event.stopPropagation());
    composer.before(shown);
    find(place, '.panel')?.setAttribute('data-asking', '');
  };

  const leave = () => {
    shown?.remove();
    shown = undefined;
    find(place, '.panel')?.removeAttribute('data-asking');
  };

  return {
    settle() {
      const { extras, user } = place.options();
      if (answers) introduce();
      const isAsked = extras?.form && !answers && !user?.email && !find(place, '.message-user');
      if (isAsked && place.isOpen()) show();
      else if (!isAsked) leave();
    },
    leave,
  };
};
