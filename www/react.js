// The React component. Renders nothing, or the box an inline widget fills; everything else is the widget's own.

import { createElement, forwardRef, useEffect, useRef } from 'react';
import { create } from './shell/handle.js';
import { changesBetween } from './shell/changes.js';

/** @import { Handle } from './types/assisters.js' */
/** @import { AssistersChatProps } from './types/react.js' */

/** @param {any} ref @param {Handle | null} handle */
const assign = (ref, handle) => {
  if (typeof ref == 'function') ref(handle);
  else if (ref) ref.current = handle;
};

/** @param {() => void} act an owner's mistake in a prop; thrown in an effect it would take the whole page down */
const attempt = (act) => {
  try {
    act();
  } catch (error) {
    console.error(error);
  }
};

/** @type {typeof import('./types/react.js').AssistersChat} */
export const AssistersChat = /** @type {any} */ (
  forwardRef(function AssistersChat(/** @type {AssistersChatProps} */ { className, style, ...options }, ref) {
    const box = useRef(/** @type {HTMLDivElement | null} */ (null));
    const handle = useRef(/** @type {Handle | null} */ (null));
    const latest = useRef(/** @type {Record<string, any>} */ (options));
    const told = useRef(/** @type {Record<string, any>} */ ({}));
    const isInline = options.position == 'inline';
    const hasAssistant = !!(options.assistant || options.assistantId || options.assisterId);

    /** Functions go in as ones that call the latest: a new arrow function in every render is no change. @param {Record<string, any>} given */
    const stable = (given) => {
      const result = { ...given };
      for (const [name, value] of Object.entries(given)) {
        if (typeof value == 'function') result[name] = (/** @type {any[]} */ ...args) => latest.current[name]?.(...args);
      }
      return result;
    };

    useEffect(() => {
      latest.current = options;
    });

    useEffect(() => {
      if (!hasAssistant) return undefined;
      attempt(() => {
        [handle.current] = create(stable(latest.current), isInline ? box.current : undefined);
      });
      told.current = latest.current;
      assign(ref, handle.current);
      return () => {
        assign(ref, null);
        handle.current?.destroy();
        handle.current = null;
      };
    }, [isInline, hasAssistant]);

    useEffect(() => {
      const changes = changesBetween(told.current, options);
      told.current = options;
      if (changes) attempt(() => handle.current?.update(stable(changes)));
    });

    return isInline ? createElement('div', { ref: box, className, style }) : null;
  })
);

export default AssistersChat;
