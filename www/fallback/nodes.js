// Elements made one by one: no markup, which Trusted Types refuse.

/** Words that an owner can replace by `strings`, as in src/config/strings.rs. @type {Record<string, string>} */
const PHRASES = {
  openChat: 'Open chat',
  closeChat: 'Close chat',
  title: 'Chat',
  greeting: 'Hi! How can I help you today?',
  placeholder: 'Type a message...',
  messageLabel: 'Your message',
  messages: 'Messages',
  send: 'Send message',
  stop: 'Stop answering',
  retry: 'Try again',
  typing: 'Writing an answer',
  stopped: 'You stopped this answer.',
  networkError: 'The connection was lost. What you wrote is kept.',
  serverError: 'Something went wrong on our side.',
};

/** @param {Record<string, any>} options @param {string} name */
export const phrase = (options, name) => options.strings?.[name] || PHRASES[name];

/**
 * Makes an element. `part` and `class` are its piece's name, as in the engine.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} piece
 * @param {Record<string, string>} [attributes]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export const element = (name, piece, attributes = {}) => {
  const made = document.createElement(name);
  if (piece) made.className = piece;
  if (piece) made.setAttribute('part', piece);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
};

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes a button with an icon.
 *
 * @param {string} piece
 * @param {string} label
 * @param {string} path
 */
export const iconButton = (piece, label, path) => {
  const button = element('button', piece, { type: 'button', 'aria-label': label, title: label });
  const icon = button.appendChild(document.createElementNS(SVG, 'svg'));
  icon.setAttribute('class', 'icon');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.appendChild(document.createElementNS(SVG, 'path')).setAttribute('d', path);
  return button;
};
