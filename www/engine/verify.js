// Turns the downloaded bytes into a module, once they are known to be the ones this script was built with.

/** The hash of the build, as in `integrity="…"`. */
const INTEGRITY = __ENGINE_WASM_INTEGRITY__;

/** @param {ArrayBuffer} bytes */
const matches = async (bytes) => {
  const [, bits, expected] = /** @type {RegExpMatchArray} */ (INTEGRITY.match(/^sha(\d+)-(.+)$/));
  const digest = await crypto.subtle.digest('SHA-' + bits, bytes);
  return btoa(String.fromCharCode(...new Uint8Array(digest))) == expected;
};

/**
 * Returns the compiled module.
 *
 * @param {Response} response
 * @throws where the bytes are not the right ones, or the browser will not compile WebAssembly
 */
export const compile = async (response) => {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // Pages without TLS have no `crypto.subtle`; there the browser checks, and finds the file in its cache.
  const bytes = crypto.subtle ? await response.arrayBuffer() : await checkedByBrowser(response.url);
  if (crypto.subtle && !(await matches(bytes))) throw new Error(`${response.url} is not the file of this version (${INTEGRITY})`);
  return WebAssembly.compile(bytes);
};

/** @param {string} url */
const checkedByBrowser = async (url) => (await fetch(url, { integrity: INTEGRITY, cache: 'force-cache' })).arrayBuffer();
