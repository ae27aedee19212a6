// What is remembered of a visitor besides the conversation. Storage that is denied, full or spoilt remembers nothing, and is no failure.

/** Where it is remembered that a visitor wants no sound. */
export const MUTED = 'assisters-muted';

/**
 * @param {() => Storage} area
 * @param {string} key
 * @returns {any} nothing where nothing can be read
 */
export const recall = (area, key) => {
  try {
    return JSON.parse(area().getItem(key) || 'null');
  } catch {
    return null;
  }
};

/** @param {() => Storage} area @param {string} key @param {unknown} value */
export const remember = (area, key, value) => {
  try {
    area().setItem(key, JSON.stringify(value));
  } catch {
    // As above.
  }
};
