// The launcher as it looks before the engine is there. The engine puts its own in its place; both share launcher.css.

import css from 'launcher.css';

/** Paths of the icons, as in src/ui/icons.rs. */
const CHAT = 'M12 3.5a8.5 8.5 0 0 1 0 17 8.6 8.6 0 0 1-3.6-.8L3.5 21l1.3-4.4A8.5 8.5 0 0 1 12 3.5';
const SPARKLE = 'M11 4q1 6.5 7.5 7.5-6.5 1-7.5 7.5-1-6.5-7.5-7.5 6.5-1 7.5-7.5M19 3v4m2-2h-4';

/**
 * Appends a new element. Never markup: Trusted Types refuse it.
 *
 * @param {Node} parent
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {string} [namespace]
 */
const append = (parent, name, attributes, namespace = '1999/xhtml') => {
  const element = document.createElementNS('http://www.w3.org/' + namespace, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return /** @type {HTMLElement} */ (parent.appendChild(element));
};

/**
 * Puts the placeholder into the root.
 *
 * @param {ShadowRoot} root
 * @param {Record<string, any>} options
 * @returns {HTMLElement} its button
 */
export const drawLauncher = (root, options) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const widget = append(root, 'div', { class: 'widget', 'data-placeholder': '' });
  const button = append(widget, 'button', { class: 'launcher', part: 'launcher', 'aria-label': options.strings?.openChat || options.title || 'Chat' });
  const icon = append(button, 'svg', { class: 'icon', viewBox: '0 0 24 24' }, '2000/svg');
  // An icon that is an image waits for the engine: before the visitor acts nothing but the script is fetched.
  append(icon, 'path', { d: options.buttonIcon == 'sparkle' ? SPARKLE : CHAT }, '2000/svg');
  return button;
};

/**
 * Brings what the options say about place and colour to the host, and to the placeholder while it is there.
 *
 * @param {HTMLElement} host
 * @param {DOMStringMap} placeholder
 * @param {Record<string, any>} options
 */
export const dress = (host, placeholder, { position = 'bottom-right', offset = {}, buttonSize, zIndex, primaryColor, theme }) => {
  /** @param {string} name @param {unknown} value @param {string} [unit] */
  const set = (name, value, unit = '') => host.style.setProperty('--assisters-' + name, value == null ? '' : value + unit);
  set('offset-x', offset.x, 'px');
  set('offset-y', offset.y, 'px');
  set('button-size', buttonSize, 'px');
  set('z-index', zIndex);
  set('brand', theme?.accent || primaryColor);
  host.dataset.position = placeholder.position = position;
};
