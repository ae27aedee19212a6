// Keeps a panic of the engine inside the engine. Injected into the bundle in place of `WebAssembly.instantiate`, so the glue gets
// exports that never throw a trap: not to a caller, and not to the page's `error` event from some timer or listener.

/** What a part of the program is given: the glue's functions, and the program's own under `$`. @type {WebAssembly.Imports} */
let shared;
/** @type {(cause: WebAssembly.RuntimeError) => void} */
let onTrap = () => {};
let isDead = false;

/** Names the one to tell when this copy of the engine has trapped. @param {(cause: WebAssembly.RuntimeError) => void} listener */
export const listenForTrap = (listener) => {
  onTrap = listener;
};

/** Returns whether this copy of the engine has trapped. From then on its exports do nothing. */
export const hasTrapped = () => isDead;

/** Adds a part to this copy of the engine: it fills its places in the program's table of functions. @param {WebAssembly.Module} part */
export const add = (part) => WebAssembly.instantiate(part, shared);

/** @param {Function} call */
const guarded =
  (call) =>
  (/** @type {unknown[]} */ ...args) => {
    if (isDead) return undefined;
    try {
      return call(...args);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      isDead = true;
      // Later: another call of the same instance may be waiting further up the stack.
      queueMicrotask(() => onTrap(error));
      return undefined;
    }
  };

/**
 * @param {WebAssembly.Module} module
 * @param {WebAssembly.Imports} imports
 */
const instantiate = async (module, imports) => {
  const { exports } = await WebAssembly.instantiate(module, imports);
  shared = { ...imports, $: exports };
  /** @type {Record<string, unknown>} */
  const calls = {};
  for (const [name, value] of Object.entries(exports)) {
    calls[name] = typeof value == 'function' ? guarded(value) : value;
  }
  return { instance: { exports: calls }, module };
};

export { instantiate as 'WebAssembly.instantiate' };
