// The page inside an iframe: the widget inline, its options from the query string, its calls and events over `postMessage` with the
// one origin that may embed it.
//
// Parent → frame: `{ assisters: 'call', id, name, args }`, answered by `{ assisters: 'result', id, value }` or `{ …, error }`.
// Frame → parent: `{ assisters: 'hello' }` at once, then `{ assisters: 'event', name, detail }`, first of all `load`.

/** @import { EventName } from './types/assisters.js' */

import { create } from './shell/handle.js';
import { originOfParent, readQuery } from './shell/query.js';
import { EVENTS } from './shell/options.js';

/** What a parent may call. `on` and `destroy` make no sense from outside. */
const CALLS = ['open', 'close', 'toggle', 'isOpen', 'sendMessage', 'stop', 'regenerate', 'clear', 'messages', 'update', 'diagnose', 'forget'];

const page = new CSSStyleSheet();
page.replaceSync('html,body{block-size:100%;margin:0;background:none}');
document.adoptedStyleSheets = [page];

const origin = originOfParent(location.search, document.referrer);
const parentPage = window.parent == window ? undefined : window.parent;
if (parentPage && !origin) console.warn('Assisters: the frame cannot tell who embeds it; add parentOrigin=https://… to its address.');

/** @param {object} message */
const post = (message) => {
  if (parentPage && origin) parentPage.postMessage(message, origin);
};

post({ assisters: 'hello' });
try {
  const [handle] = create({ ...readQuery(location.search), position: 'inline' }, document.body);
  for (const name of /** @type {EventName[]} */ (EVENTS)) handle.on(name, (detail) => post({ assisters: 'event', name, detail: cloneable(detail) }));
  addEventListener('message', async ({ data, origin: sender, source }) => {
    if (source != parentPage || sender != origin || data?.assisters != 'call') return;
    const { id, name, args = [] } = data;
    try {
      if (!CALLS.includes(name)) throw new TypeError(`Assisters: a frame cannot "${name}"; expected ${CALLS.join(' | ')}`);
      const value = await /** @type {any} */ (handle)[name](...args);
      post({ assisters: 'result', id, value: cloneable(value) });
    } catch (error) {
      post({ assisters: 'result', id, error: String(error) });
    }
  });
} catch (error) {
  console.error(error);
  document.body.textContent = 'Chat is not set up correctly.';
  post({ assisters: 'event', name: 'error', detail: { kind: 'options', message: String(error) } });
}

/** What can cross to another window. Of a cause that cannot, its text can. @param {any} value */
function cloneable(value) {
  return value && JSON.parse(JSON.stringify(value, (_, item) => (item instanceof Error ? String(item) : item)));
}
