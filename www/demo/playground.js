// The "Try it" panel: turns its form into `handle.update(…)` on the widget of the script tag, and into what would give the same widget elsewhere.
// Uses the public API only, as any page could.

import { frame, react, scriptTag, warningsOf } from './snippets.js';

/** @typedef {import('../types/assisters.js').Handle} Handle */
/** @typedef {Record<string, any>} Options */

/** @type {Options} */
const DEFAULTS = { theme: 'auto', primaryColor: '#3b82f6', position: 'bottom-right', dialect: 'chat' };

/** What an option is when its switch is on. @type {Record<string, [option: string, value: any]>} */
const SWITCHES = {
  voice: ['extras', { voice: true }],
  form: ['extras', { form: { consent: true } }],
  compact: ['extras', { size: 'compact' }],
  sentences: ['extras', { announce: 'sentences' }],
  followUps: ['extras', { followUps: ['What does a return cost?', 'How do I measure my feet?', 'How do I care for leather?'] }],
  unread: ['extras', { unreadInTitle: true, sound: true }],
  attachments: ['attachments', true],
  hideWatermark: ['hideWatermark', true],
  debug: ['debug', true],
};

/** @type {Record<string, (options: Options, origin: string) => string>} */
const SNIPPETS = { script: scriptTag, react, frame };

const form = element('#playground', HTMLFormElement);
const snippet = element('#snippet', HTMLElement);
const notice = element('.result .message', HTMLElement);
const warnings = element('.result .warnings', HTMLElement);
const customColor = element('[name="custom"]', HTMLInputElement);

/** The widget of the script tag. */
const chat = widgetOfScriptTag();

/** What the widget was last told. @type {Options} */
let applied = {};

form.addEventListener('change', apply);
form.addEventListener('submit', (event) => event.preventDefault());
customColor.addEventListener('input', () => {
  for (const swatch of form.querySelectorAll('input[name="primaryColor"]')) {
    if (swatch instanceof HTMLInputElement) swatch.checked = false;
  }
  apply();
});
element('.snippets', HTMLElement).addEventListener('change', apply);

document.addEventListener('click', (event) => {
  const question = event.target instanceof Element && event.target.closest('[data-ask]')?.getAttribute('data-ask');
  if (question) withChat((handle) => (handle.open(), handle.sendMessage(question)));
});

element('#copy', HTMLButtonElement).addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(snippet.textContent ?? '');
    say('Copied.');
  } catch {
    say('The browser does not let this page copy. Please select the text and copy it by hand.', 'error');
  }
});

// A browser restores the form when the visitor comes back to the page; the widget starts from its tag. Bring the two together.
apply();

/** Puts what the form says into the snippet, and what is new in it on the widget. */
async function apply() {
  await withChat((handle) => {
    const options = chosen();
    const kind = element('[name="snippet"]:checked', HTMLInputElement).value;
    snippet.textContent = SNIPPETS[kind](options, location.origin);
    warnings.replaceChildren(...warningsOf(options).map((text) => Object.assign(document.createElement('p'), { textContent: text })));
    // What is no longer named has its default again.
    const gone = Object.keys(applied).filter((name) => !(name in options));
    const changes = { ...Object.fromEntries(gone.map((name) => [name, undefined])), ...options };
    if (JSON.stringify(options) == JSON.stringify(applied)) return;
    handle.update(changes);
    applied = options;
  });
}

/** Returns the form's settings by the names of the options, without those that are the default. @returns {Options} @throws {SyntaxError} */
function chosen() {
  const fields = new FormData(form);
  const value = (/** @type {string} */ name) => String(fields.get(name) ?? '');
  /** @type {Options} */
  const options = {
    theme: value('theme'),
    // No swatch is checked once the visitor has picked a colour of their own.
    primaryColor: String(fields.get('primaryColor') ?? customColor.value),
    position: value('position'),
    dialect: value('dialect'),
    locale: value('locale'),
    title: value('title'),
    greeting: value('greeting'),
    apiKey: value('apiKey'),
  };
  for (const [name, [option, set]] of Object.entries(SWITCHES)) {
    if (fields.has(name)) options[option] = set === true ? true : { ...options[option], ...set };
  }
  const tokens = Object.fromEntries(['text', 'surface', 'radius', 'font'].map((name) => [name, value(name)]).filter(([, token]) => token));
  if (Object.keys(tokens).length) options.theme = { mode: options.theme, ...tokens };
  Object.assign(options, JSON.parse(value('further') || '{}'));
  return Object.fromEntries(Object.entries(options).filter(([name, set]) => set !== '' && set !== DEFAULTS[name]));
}

/** Waits for the script tag. @returns {Promise<Handle>} */
async function widgetOfScriptTag() {
  // An async script delays the page's load event, so after it the script has either run or failed.
  if (!window.Assisters && document.readyState !== 'complete') {
    await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }));
  }
  if (!window.Assisters) throw new Error('The chat’s script did not load. “cargo xtask demo” builds it and serves this page.');
  return window.Assisters.ready;
}

/** Runs `use` with the widget and shows what goes wrong. @param {(handle: Handle) => void} use */
async function withChat(use) {
  try {
    use(await chat);
    say('');
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), 'error');
  }
}

/** Shows a sentence below the snippet. @param {string} text @param {'info' | 'error'} kind */
function say(text, kind = 'info') {
  notice.textContent = text;
  notice.dataset.kind = kind;
}

/**
 * Returns the page's element for a selector. A missing one is a mistake in index.html.
 * @template {Element} Kind @param {string} selector @param {new () => Kind} kind @returns {Kind}
 */
function element(selector, kind) {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} at ${selector}`);
  return found;
}
