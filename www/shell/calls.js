// The calls of a handle, by name.

/**
 * Returns an object with every call of a handle but `destroy`.
 *
 * @param {(name: string, args: any[]) => any} call
 * @param {() => boolean} isGone whether there is no widget to call
 * @returns {any}
 */
export const callsOf = (call, isGone) => {
  /** @type {Record<string, Function>} */
  const calls = {};
  for (const name of 'open close toggle isOpen sendMessage stop regenerate clear messages update on diagnose forget'.split(' ')) {
    calls[name] = (/** @type {any[]} */ ...args) => {
      if (isGone()) throw new Error(`Assisters: ${name}() needs init() first`);
      return call(name, args);
    };
  }
  return calls;
};
