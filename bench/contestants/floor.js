// The floor: a chat widget as a good engineer writes it in an hour. Plain JavaScript, plain text, no Markdown. What came since the last frame
// is appended to one text node, once per frame, and the newest line is followed while the visitor is there. With `?eager` it does so at every event
// instead, as most such widgets do.

import { streamAnswer } from './answer.js';
import { earlierMessages } from './history.js';

const isEager = new URLSearchParams(location.search).has('eager');

/** @param {string} name @param {Record<string, any>} [properties] @param {Node[]} children @returns {any} */
const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

const log = make('div', { className: 'log' });
const input = make('textarea', { rows: 1, placeholder: 'Type a message...' });
const form = make('form', {}, input, make('button', { textContent: 'Send' }));
const panel = make('div', { className: 'panel', hidden: true }, log, form);
const launcher = make('button', { className: 'launcher', textContent: '💬', ariaLabel: 'Open chat' });

/** @param {string} role @param {string} content @returns {Text} */
const add = (role, content) => {
  const text = new Text(content);
  log.append(make('p', { className: `message ${role}` }, text));
  return text;
};

const toEnd = () => (log.scrollTop = log.scrollHeight);

launcher.addEventListener('click', () => {
  panel.hidden = !panel.hidden;
  if (panel.hidden) return;
  toEnd();
  input.focus();
});

input.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
  if (event.key != 'Enter' || event.shiftKey) return;
  event.preventDefault();
  form.requestSubmit();
});

form.addEventListener('submit', async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const question = input.value.trim();
  if (!question) return;
  input.value = '';
  add('user', question);
  const answer = add('assistant', '');
  toEnd();
  let fresh = '';
  const paint = () => {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 32;
    answer.appendData(fresh);
    fresh = '';
    if (isAtEnd) toEnd();
  };
  await streamAnswer(question, (text) => {
    if (!fresh && !isEager) requestAnimationFrame(paint);
    fresh += text;
    if (isEager) paint();
  });
});

for (const { role, content } of earlierMessages()) add(role, content);
document.body.append(panel, launcher);
