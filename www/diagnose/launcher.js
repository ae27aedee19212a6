// The launcher: can a visitor see it and click it?

import { doubtful, wrong } from './finding.js';

/** @import { Finding } from '../types/assisters.js' */

/** @param {HTMLElement} host @returns {Finding[]} */
export const checkLauncher = (host) => {
  if (!host.isConnected) return [wrong('not-in-page', 'The widget is not in the page.', 'Something has removed it from the page: mount it again, elsewhere.')];
  if (host.dataset.position == 'inline') return checkPlace(host);
  const launcher = /** @type {HTMLElement | null} */ (host.shadowRoot?.querySelector('.launcher'));
  // On a phone the open panel takes its place.
  if (!launcher || (!launcher.getClientRects().length && host.shadowRoot?.querySelector('[data-open="true"]'))) return [];
  const hiding = [host, ...ancestors(host)].find((element) => getComputedStyle(element).display == 'none' || getComputedStyle(element).visibility == 'hidden');
  if (hiding) return [wrong('hidden', `The widget is not shown, because ${nameOf(hiding)} is not.`, 'Take display: none or visibility: hidden from it, or mount the widget elsewhere.')];

  const findings = [];
  const moved = ancestors(host).find((element) => holdsFixed(getComputedStyle(element)));
  if (moved) {
    const fix = `Mount the widget outside of it, or take transform, filter, perspective, contain and will-change from it.`;
    findings.push(doubtful('transformed-ancestor', `The widget sticks to ${nameOf(moved)} and not to the window.`, fix));
  }
  const { left, top, right, bottom } = launcher.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) {
    findings.push(wrong('off-screen', 'The launcher lies outside the window.', 'Change the option offset or position.'));
  } else {
    const over = document.elementFromPoint(x, y);
    if (over && over != host) {
      const { zIndex } = getComputedStyle(over);
      const height = isNaN(+zIndex) ? '' : `, with a z-index of ${zIndex}`;
      findings.push(wrong('covered', `The launcher lies under ${nameOf(over)}${height}.`, 'Raise the option zIndex, or move the launcher by offset or position.'));
    }
  }
  return findings;
};

/** @param {HTMLElement} host @returns {Finding[]} */
const checkPlace = (host) => {
  const { height } = host.getBoundingClientRect();
  if (height > 100) return [];
  return [wrong('no-room', `The element of the widget is ${Math.round(height)} px high.`, 'Give the element a height: an inline widget fills it.')];
};

/** Whether what is fixed in an element with this style moves with it (CSS Transforms § 3, Filter Effects § 5). @param {CSSStyleDeclaration} style */
const holdsFixed = (style) =>
  [style.transform, style.perspective, style.filter, style.backdropFilter, style.translate, style.scale, style.rotate].some((value) => value && value != 'none') ||
  /paint|layout|strict|content/.test(style.contain) ||
  /transform|filter|perspective/.test(style.willChange);

/** @param {Element} element */
const ancestors = (element) => {
  const found = [];
  for (let parent = parentOf(element); parent; parent = parentOf(parent)) found.push(parent);
  return found;
};

/** The parent, through shadow roots. @param {Element} element @returns {Element | null} */
const parentOf = (element) => element.parentElement || /** @type {any} */ (element.getRootNode()).host || null;

/** @param {Element} element */
const nameOf = ({ localName, id, classList }) => `<${[localName, id && '#' + id, ...[...classList].map((name) => '.' + name)].join('')}>`;
