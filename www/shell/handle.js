// One widget: its host element, its handle, and the queue of calls that wait for the engine.

import { callsOf } from './calls.js';
import { diagnose, loadEngine } from './engine-loader.js';
import { onIntent } from './intent.js';
import { dress, drawLauncher } from './launcher.js';
import { EVENTS, optionOf, refusal, resolve } from './options.js';

/** @import { Handle } from '../types/assisters.js' */
/** @import { EngineWidget } from '../engine.js' */

/**
 * Creates a widget. Its handle is there at once, and comes again by the promise when the launcher (inline: the panel) is shown.
 *
 * @param {object} given the options as written
 * @param {{ append(host: HTMLElement): void } | null} [target] where to put the host, if not into the page's body
 * @param {HTMLElement} [host]
 * @returns {[handle: Handle, shown: Promise<Handle>]}
 * @throws {TypeError} names the option and its valid values
 */
export const create = (given, target, host = document.createElement('assisters-chat')) => {
  let options = resolve(given);
  const root = host.shadowRoot || host.attachShadow({ mode: 'open' });
  const button = drawLauncher(root, options);
  const { dataset } = /** @type {HTMLElement} */ (button.parentElement);
  const life = new AbortController();
  /** @type {[string, any[]][]} */
  const queue = [];
  /** @type {EngineWidget | undefined} */
  let widget;
  /** @type {Promise<void> | undefined} */
  let starting;
  let isOpen = false;
  let isDestroyed = false;
  /** @param {string} name @param {unknown} [detail] */
  const emit = (name, detail) =>
    host.dispatchEvent(new CustomEvent('assisters:' + name, { bubbles: true, composed: true, detail }));

  const takeOver = async () => {
    try {
      const engine = await loadEngine(options);
      // A press that has begun would be no click if its button went.
      while (button.matches(':active')) await new Promise(requestAnimationFrame);
      if (!isDestroyed) widget = engine.create(host, root, options, queue);
    } catch (cause) {
      const message = 'Chat did not load: click to retry';
      if (!button.title) console.error('Assisters: ' + message, cause);
      button.title = message;
      button.style.opacity = '';
      starting = undefined;
      isOpen = button.hidden = false;
      emit('error', { kind: 'engine', message, cause });
    }
  };
  const start = () => (starting ||= takeOver());

  /** What needs no engine. @type {Record<string, (...args: any[]) => any>} */
  const own = {
    diagnose: () => diagnose(options, host),
    update(changes) {
      options = resolve(changes, options);
      dress(host, dataset, options);
      widget?.('update', [options]);
    },
    on(name, listener) {
      if (!EVENTS.includes(name)) throw refusal('event', name, EVENTS);
      /** @param {any} event */
      const hear = (event) => listener(event.detail, event);
      host.addEventListener('assisters:' + name, hear, life);
      return () => host.removeEventListener('assisters:' + name, hear);
    },
  };

  /** @param {string} name @param {any[]} args */
  const call = (name, args) => {
    if (own[name]) return own[name](...args);
    if (widget) return widget(name, args);
    if (name == 'isOpen') return isOpen;
    if (name == 'messages') return options.messages || [];
    queue.push([name, args]);
    isOpen = { open: true, close: false, toggle: !isOpen }[name] ?? isOpen;
    // Before the engine is there, nothing is there to close or stop.
    if (!/close|stop/.test(name)) {
      button.style.opacity = '0.5';
      start();
    }
  };

  // Turbo puts another body in place of the one with the host, htmx and others fill it anew. Taken out with nothing put in, it was meant.
  const swaps = new MutationObserver((records) => {
    if (host.isConnected) return;
    if (records.some(({ addedNodes }) => addedNodes[0])) stay();
    else swaps.disconnect();
  });
  const stay = () => {
    document.body?.append(host);
    for (let node = host; (node = /** @type {HTMLElement} */ (node.parentElement)); ) swaps.observe(node, { childList: true });
  };

  const handle = {
    ...callsOf(call, () => isDestroyed),
    element: host,
    destroy() {
      if (isDestroyed) return;
      isDestroyed = true;
      emit('destroy');
      widget?.('destroy', []);
      life.abort();
      swaps.disconnect();
      root.replaceChildren();
      host.remove();
    },
  };

  const show = async () => {
    if (!target && !document.body) await new Promise((go) => addEventListener('DOMContentLoaded', go));
    if (isDestroyed) return handle;
    if (target) target.append(host);
    else stay();
    if (button.hidden) await start();
    // A moment later, so that a listener added after `await mount(…)` hears it.
    setTimeout(() => isDestroyed || emit('load'));
    return handle;
  };

  dress(host, dataset, options);
  for (const name of EVENTS) own.on(name, (/** @type {any} */ detail, /** @type {Event} */ event) => options[optionOf(name)]?.(detail, event));
  button.hidden = options.position == 'inline';
  button.addEventListener('click', () => call('open', []), life);
  onIntent(button, start, life);
  if (options.autoOpen) call('open', []);
  if (options.preload == 'idle') (window.requestIdleCallback || setTimeout)(() => isDestroyed || start());
  return [handle, show()];
};
