// What becomes of finished code and mathematics: a renderer of the page's shows it, or the highlighter colours it. Both are fetched when
// there is something for them to do; the text is there already.

import { LANGUAGES } from './languages.js';
import { onDemand } from './on-demand.js';

/** Without their style thoughts and calls are still to be read. @param {HTMLElement} place */
const dress = (place) =>
  onDemand('tools').then(
    (tools) => tools.dress(place),
    () => (place.hidden = false),
  );

/** Waits until the browser has nothing better to do: text comes before its colours. */
const idle = () => new Promise((go) => (globalThis.requestIdleCallback || setTimeout)(go));

/**
 * Returns what the engine tells of every finished piece of code.
 *
 * @param {() => Record<string, any>} options as they are at that time
 */
export const decorator = (options) => async (/** @type {HTMLElement} */ code) => {
  const { renderers, highlight } = options();
  if (code.classList.contains('activity')) return dress(code);
  const isMath = code.classList.contains('math');
  const language = (code.dataset.language || '').toLowerCase();
  const render = renderers?.[isMath ? 'math' : 'code'];
  const grammar = highlight !== false && globalThis.CSS?.highlights && LANGUAGES.get(language);
  try {
    if (render) {
      const { show } = await onDemand('render');
      // A formula on a line of its own, or amid the text.
      if (await show(code, render, isMath ? { display: code.dataset.display != 'inline' } : { language })) return;
    }
    if (grammar) {
      await idle();
      (await onDemand('highlight')).highlight(code, grammar);
    }
  } catch (cause) {
    console.warn('Assisters: code is shown plain', cause);
  }
};
