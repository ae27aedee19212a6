// Colours finished code in place: ranges of its text, named in the page's highlight registry. No node of the code is touched.

import css from 'highlight.css';
import { dressWith } from './dress.js';
import { KIND_NAMES, tokenize } from './grammars.js';

/** More than anybody reads in a chat; cutting it up would be felt. */
const LIMIT_CHARS = 100_000;

/** The pieces of what was in sight once. @type {WeakMap<Element, [kind: string, range: StaticRange][]>} */
const known = new WeakMap();

/** @param {Element} code @param {string} language @returns {[kind: string, range: StaticRange][]} */
const rangesOf = (code, language) => {
  const text = code.firstChild;
  if (!(text instanceof Text) || text.length > LIMIT_CHARS) return [];
  // Static ones: a live range would be looked at whenever anything in the page changes.
  return tokenize(text.data, language).map(({ kind, start, end }) => [
    kind,
    new StaticRange({ startContainer: text, startOffset: start, endContainer: text, endOffset: end }),
  ]);
};

/** The page's registry is shared with the page itself and with other widgets, hence the prefix. @param {string} kind */
const registered = (kind) => {
  const name = 'assisters-' + kind;
  const ranges = CSS.highlights.get(name) || new Highlight();
  CSS.highlights.set(name, ranges);
  return ranges;
};

/** @type {WeakMap<Element, string>} */
const languages = new WeakMap();

// Only what is in sight has ranges: those of a message that is gone go with it, and a long history costs nothing.
const sight = new IntersectionObserver((entries) => {
  for (const { target: code, isIntersecting } of entries) {
    const ranges = known.get(code) || (isIntersecting && rangesOf(code, /** @type {string} */ (languages.get(code))));
    if (!ranges) continue;
    known.set(code, ranges);
    if (isIntersecting) dressWith(code, css);
    else if (!code.isConnected) sight.unobserve(code);
    for (const [kind, range] of ranges) registered(kind)[isIntersecting ? 'add' : 'delete'](range);
  }
});

// In the order of the list, so that names without ranges take no place that a page could see change.
for (const kind of KIND_NAMES) registered(kind);

/**
 * Colours a piece of code whenever it is in sight.
 *
 * @param {Element} code holds one text and nothing else
 * @param {string} language a grammar's own name
 */
export const highlight = (code, language) => {
  languages.set(code, language);
  sight.observe(code);
};
