// A bubble beside the closed launcher, once for each visitor: after a while, at some depth of the page, or when the pointer leaves.

import { element, iconButton } from '../engine/nodes.js';
import { recall, remember } from './memory.js';
import { find } from './place.js';
import { say } from './words.js';

/** @import { Place } from './place.js' */

/** Remembered when a visitor has closed the bubble or opened the chat, and not before. */
const KEY = 'assisters-greeted';

const CLOSE = 'm6 6 12 12M18 6 6 18';

/** @param {Place} place @param {AbortSignal} life */
export const greeter = (place, life) => {
  /** @type {HTMLElement | undefined} */
  let bubble;
  let isDone = recall(() => localStorage, KEY) != null;
  let isArmed = false;

  const settleIt = () => {
    isDone = true;
    bubble?.remove();
    bubble = undefined;
    remember(() => localStorage, KEY, 1);
  };

  const show = () => {
    const option = place.options().extras?.greeter;
    const widget = find(place, '.widget');
    if (isDone || bubble || !option || place.isOpen() || !widget || life.aborted) return;
    bubble = element('div', 'greeter', { role: 'status' });
    const open = element('button', 'greeter-text', { type: 'button', dir: 'auto' });
    open.textContent = option.text || place.options().greeting || place.root.querySelector('.greeting')?.textContent || '';
    open.addEventListener('click', () => {
      settleIt();
      // Into the panel, as by the launcher.
      find(place, '.launcher')?.focus({ preventScroll: true });
      place.call('open');
    });
    const close = iconButton('greeter-close', say(place.options(), 'dismiss'), CLOSE);
    close.addEventListener('click', settleIt);
    bubble.append(open, close);
    widget.append(bubble);
  };

  /** Waits for what the owner has named. */
  const arm = () => {
    const option = place.options().extras?.greeter;
    if (isArmed || isDone || !option) return;
    isArmed = true;
    const { delaySecs, scrollDepth, exitIntent } = option;
    if (delaySecs != null || (!scrollDepth && !exitIntent)) setTimeout(show, (delaySecs ?? 5) * 1000);
    if (scrollDepth) {
      const scrolled = () => {
        const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
        if (scrollTop / Math.max(1, scrollHeight - clientHeight) >= scrollDepth) show();
      };
      addEventListener('scroll', scrolled, { passive: true, signal: life });
    }
    if (exitIntent) {
      document.documentElement.addEventListener('mouseleave', ({ clientY }) => clientY <= 0 && show(), { signal: life });
    }
  };

  return {
    settle() {
      arm();
      if (place.isOpen() && (bubble || isArmed) && !isDone) settleIt();
    },
    leave() {
      bubble?.remove();
    },
  };
};
