// Entry of what the engine's script fetches where the browser or the page's policy refuses WebAssembly: the widget without it. First the
// gateway's frame, whose own policy allows it; where frames are refused too, a plain form that still streams answers.

import { FallbackWidget } from './fallback/widget.js';

/** @import { Engine } from './engine.js' */

/**
 * Returns what stands in for the engine.
 *
 * @param {{ css: string, frame: URL | undefined, spoken: (options: Record<string, any>) => Record<string, any> }} engine its style sheet, where its
 *   frame is (undefined: beside the API), and what adds the words of a language to options
 * @returns {Engine}
 */
export const fallback = (engine) => ({
  create(host, root, options, queue) {
    const widget = new FallbackWidget(host, root, engine.spoken(options), engine);
    for (let next = queue.shift(); next; next = queue.shift()) widget.call(...next);
    return (name, args) => widget.call(name, name == 'update' ? [engine.spoken(args[0])] : args);
  },
});
