// The "Try it" panel: turns its form into `handle.update(…)` on the widget of the script tag, and into the tag that would give the same widget.
// Uses the public API only, as any page could.

/** @typedef {import('../types/assisters.js').Handle} Handle */
/** @typedef {Pick<import('../types/assisters.js').OptionChanges, 'theme' | 'primaryColor' | 'position' | 'dialect'>} Choices */

const DEFAULTS = { theme: 'auto', primaryColor: '#3b82f6', position: 'bottom-right', dialect: 'chat' };

const form = element('#playground', HTMLFormElement);
const snippet = element('#snippet', HTMLElement);
const notice = element('.result .message', HTMLElement);
const customColor = element('[name="custom"]', HTMLInputElement);

/** The widget of the script tag. */
const chat = widgetOfScriptTag();

/** What the widget was last told. */
let applied = DEFAULTS;

form.addEventListener('change', apply);
form.addEventListener('submit', (event) => event.preventDefault());
customColor.addEventListener('input', () => {
  for (const swatch of form.querySelectorAll('input[name="primaryColor"]')) {
    if (swatch instanceof HTMLInputElement) swatch.checked = false;
  }
  apply();
});

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
  const settings = chosen();
  snippet.textContent = tag(settings);
  await withChat((handle) => {
    const changes = differences(settings, applied);
    if (changes.length === 0) return;
    handle.update(/** @type {Choices} */ (Object.fromEntries(changes)));
    applied = settings;
  });
}

/** Returns the settings that differ from `base`. @param {typeof DEFAULTS} settings @param {typeof DEFAULTS} base */
function differences(settings, base) {
  return Object.entries(settings).filter(([name, value]) => value !== base[/** @type {keyof typeof DEFAULTS} */ (name)]);
}

/** Returns the form's settings by the names of the options. */
function chosen() {
  const fields = new FormData(form);
  const value = (/** @type {keyof typeof DEFAULTS} */ name) => String(fields.get(name) ?? DEFAULTS[name]);
  return {
    theme: value('theme'),
    // No swatch is checked once the visitor has picked a colour of their own.
    primaryColor: String(fields.get('primaryColor') ?? customColor.value),
    position: value('position'),
    dialect: value('dialect'),
  };
}

/**
 * Returns the script tag that embeds a widget with these settings; defaults are left out.
 * @param {typeof DEFAULTS} settings
 */
function tag(settings) {
  const attributes = differences(settings, DEFAULTS).map(([name, value]) => `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}="${value}"`);
  return [`<script src="${location.origin}/assisters.js"`, 'data-assistant="shop-assistant"', ...attributes, 'async></script>'].join('\n  ');
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
