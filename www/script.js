// The classic script: the one global, and the widget its own tag asks for.

import { callsOf } from './shell/calls.js';
import { diagnose } from './shell/engine-loader.js';
import { init, mount, page, version } from './shell/mount.js';
import { fromText } from './shell/options.js';
import { tag } from './shell/script-tag.js';

/** @import { Handle } from './types/assisters.js' */

/** @type {(handle: Handle) => void} */
let settle;

const api = {
  ...callsOf(
    (name, args) => /** @type {any} */ (page.handle)[name](...args),
    () => !page.handle,
  ),
  mount,
  version,
  ready: new Promise((resolve) => (settle = resolve)),
  init(/** @type {any} */ options, /** @type {any} */ target) {
    const shown = init(options, target);
    // Said here once, so that a page that does not look at the promise has no unhandled rejection.
    shown.then(settle, console.error);
    return shown;
  },
  destroy: () => page.handle?.destroy(),
  diagnose: () => (page.handle || { diagnose }).diagnose(),
};
window.Assisters ||= api;

/** @type {Record<string, any>} */
const options = {};
for (const name in tag.dataset) options[name] = fromText(name, /** @type {string} */ (tag.dataset[name]));

// A tag written twice, or run twice, asks for one widget, however it came in; a destroyed one has left its root empty.
const isTwin = (/** @type {any} */ other) => other.chat?.shadowRoot.firstChild && JSON.stringify(other.dataset) == JSON.stringify(tag.dataset);

if (/assist/.test('' + Object.keys(options)) && ![...document.scripts].some(isTwin)) {
  api.init(options, options.position == 'inline' ? tag.parentElement : undefined);
  /** @type {any} */ (tag).chat = page.handle?.element;
}
