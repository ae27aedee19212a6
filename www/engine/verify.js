// Turns the downloaded bytes into a module, once they are known to be the ones this script was built with.

/** @param {ArrayBuffer} bytes @param {string} integrity */
const matches = async (bytes, integrity) =>
  'sha256-' + btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))) == integrity;

/**
 * Returns the compiled module.
 *
 * @param {Response} response
 * @param {string} integrity the hash of the build, as in `integrity="…"`
 * @throws where the bytes are not the right ones, or the browser will not compile WebAssembly
 */
export const compile = async (response, integrity) => {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // Pages without TLS have no `crypto.subtle`; there the browser checks, and finds the file in its cache.
  const bytes = crypto.subtle ? await response.arrayBuffer() : await checkedByBrowser(response.url, integrity);
  if (crypto.subtle && !(await matches(bytes, integrity))) throw new Error(`${response.url} is not the file of this version (${integrity})`);
  return WebAssembly.compile(bytes);
};

/** @param {string} url @param {string} integrity */
const checkedByBrowser = async (url, integrity) => (await fetch(url, { integrity, cache: 'force-cache' })).arrayBuffer();
