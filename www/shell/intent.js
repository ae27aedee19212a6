// Notices that the visitor is about to use the launcher, a moment before the click.

/** How far around the launcher, in CSS pixels, a pointer counts as on its way to it. */
const NEAR = 80;

/**
 * Calls `act` when the pointer first comes near the button, and whenever the button is entered, touched or focused.
 *
 * @param {Element} button
 * @param {() => void} act
 * @param {AbortController} life
 */
export const onIntent = (button, act, life) => {
  /** @param {PointerEvent} event */
  const move = ({ x, y }) => {
    const { left, right, top, bottom } = button.getBoundingClientRect();
    if (Math.max(left - x, x - right, top - y, y - bottom) < NEAR) {
      removeEventListener('pointermove', move);
      act();
    }
  };
  addEventListener('pointermove', move, life);
  // A touch enters without having moved.
  button.addEventListener('pointerenter', act, life);
  button.addEventListener('focus', act, life);
};
