// Shows what a renderer of the page's makes of mathematics or code, in place of the source.

/** @import { CodeRenderer, MathRenderer } from '../types/options.js' */

/** Renderers that have failed: one is told of once, or a long answer would fill the console. */
const reported = new WeakSet();

/**
 * Returns whether the renderer has shown something.
 *
 * @param {HTMLElement} code holds the source
 * @param {MathRenderer & CodeRenderer} render
 * @param {any} about what the renderer is told beside the source
 * @returns {Promise<boolean>}
 */
export const show = async (code, render, about) => {
  try {
    const node = await render(code.textContent || '', about);
    if (!node) return false;
    const source = /** @type {HTMLElement} */ (code.closest('.code') || code);
    const place = document.createElement(source == code ? 'span' : 'div');
    place.className = 'rendered';
    place.setAttribute('part', 'rendered');
    place.append(node);
    source.after(place);
    source.hidden = true;
    return true;
  } catch (cause) {
    if (!reported.has(render)) console.error('Assisters: a renderer has failed; the source is shown instead.', cause);
    reported.add(render);
    return false;
  }
};
