// What has changed between two sets of React props.

/**
 * Whether two values say the same.
 *
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
const isSame = (a, b) => {
  if (Object.is(a, b)) return true;
  if (typeof a != 'object' || typeof b != 'object' || !a || !b) return false;
  const keys = Object.keys(a);
  return keys.length == Object.keys(b).length && keys.every((key) => isSame(a[key], b[key]));
};

/**
 * Returns the options that differ, with `undefined` for one that is gone, or nothing where none does.
 *
 * @param {Record<string, any>} before
 * @param {Record<string, any>} after
 * @returns {Record<string, any> | undefined}
 */
export const changesBetween = (before, after) => {
  /** @type {Record<string, any>} */
  const changes = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const areFunctions = typeof before[name] == 'function' && typeof after[name] == 'function';
    if (!areFunctions && !isSame(before[name], after[name])) changes[name] = after[name];
  }
  return Object.keys(changes).length ? changes : undefined;
};
