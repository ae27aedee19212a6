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
/** The first script's, where there are several; each widget of a tag is kept there under what the tag says. @type {any} */
const shared = (window.Assisters ||= api);

/** @type {Record<string, any>} */
const options = {};
// Not `in`: a page may have added to every object.
for (const name of Object.keys(tag.dataset)) options[name] = fromText(name, /** @type {string} */ (tag.dataset[name]));

if (/assist/.test('' + Object.keys(options))) {
  const place = options.position == 'inline' && tag.parentElement;
  const key = JSON.stringify(tag.dataset);
  const host = shared[key];
  // A tag written twice, or run twice, asks for one widget, however it came in; a destroyed one has left its root empty.
  if (!host?.shadowRoot.firstChild) {
    api.init(options, place);
    shared[key] = page.handle?.element;
    // Turbo and its like run the tag again in a new body, which does not have the widget.
  } else if (!host.isConnected) (place || document.body).append(host);
}
