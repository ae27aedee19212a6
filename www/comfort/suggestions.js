// Suggestions by the keyboard: arrows go from one to the next (Tab does, too, as they are buttons), and the focus is not lost with the one that is taken.

import { itemFor } from './menu-keys.js';

/** Where the focus in the input brings a keyboard up. */
const TOUCH = '(hover: none) and (pointer: coarse)';

/** Brings the focus to where the visitor goes on, without a keyboard that was not up. @param {ShadowRoot} root */
export const goOn = (root) => {
  const place = /** @type {HTMLElement | null} */ (root.querySelector(matchMedia(TOUCH).matches ? '.messages' : '.input'));
  place?.focus({ preventScroll: true });
};

/** @param {ShadowRoot} root @param {AbortSignal} signal */
export const keysOfSuggestions = (root, signal) => {
  const press = (/** @type {Event} */ event) => {
    const { key, target, altKey, ctrlKey, metaKey } = /** @type {KeyboardEvent} */ (event);
    const chip = target instanceof HTMLElement && target.matches('.suggestion') && target;
    if (!chip || altKey || ctrlKey || metaKey) return;
    const chips = /** @type {HTMLElement[]} */ ([...(chip.parentElement?.querySelectorAll('.suggestion') || [])]);
    // They wrap like a text, one below or beside the other.
    const isLeftToRight = getComputedStyle(chip.parentElement || chip).direction == 'ltr';
    const same = { ArrowRight: isLeftToRight ? 'ArrowDown' : 'ArrowUp', ArrowLeft: isLeftToRight ? 'ArrowUp' : 'ArrowDown' }[key] || key;
    const next = itemFor(same, '', chips.indexOf(chip), chips.map(() => ''));
    if (next == null) return;
    event.preventDefault();
    chips[next].focus();
  };
  root.addEventListener('keydown', press, { signal });
  // Before it is heard by the suggestion itself, which goes.
  root.addEventListener('click', ({ target }) => root.activeElement?.matches('.suggestion') && root.activeElement.contains(/** @type {Node} */ (target)) && goOn(root), {
    capture: true,
    signal,
  });
};
