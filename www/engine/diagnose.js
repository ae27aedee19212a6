// Finds out what is wrong with the page's setup, as far as a page can. Every finding says how to mend it.

import { apiUrlOf } from './complete.js';

/** @import { EngineWidget } from '../engine.js' */
/** @import { Finding } from '../types/assisters.js' */

/** The shortest module there is: does the browser compile WebAssembly at all? */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** @param {string} code @param {string} problem @param {string} fix @returns {Finding} */
const wrong = (code, problem, fix) => ({ code, level: 'error', problem, fix });

/** @returns {Finding[]} */
const checkWebAssembly = () => {
  if (typeof WebAssembly != 'object') {
    return [wrong('wasm-missing', 'This browser has no WebAssembly.', 'Use a current browser, without lockdown mode.')];
  }
  try {
    new WebAssembly.Module(EMPTY);
    return [];
  } catch (cause) {
    return [wrong('wasm-refused', `The page may not compile WebAssembly: ${cause}`, "Add 'wasm-unsafe-eval' to script-src in the page's policy.")];
  }
};

/** @param {URL} url @returns {Promise<Finding[]>} */
const checkFile = async (url) => {
  try {
    const { ok, status } = await fetch(url, { method: 'HEAD' });
    return ok ? [] : [wrong('engine-missing', `${url} answers ${status}.`, 'Serve the whole folder of the script, assets included.')];
  } catch (cause) {
    return [wrong('engine-unreachable', `${url}: ${cause}`, `Send Access-Control-Allow-Origin for it, and allow ${url.origin} in connect-src.`)];
  }
};

/** @param {Record<string, any>} options @returns {Promise<Finding[]>} */
const checkApi = async ({ apiUrl: given, apiKey, getToken }) => {
  const apiUrl = apiUrlOf(given);
  const { origin } = location;
  const needsToken = !apiKey && !getToken;
  const url = apiUrl + (needsToken ? '/visitor-tokens' : '/assistants');
  try {
    const { status } = await fetch(url, { method: needsToken ? 'POST' : 'GET', credentials: 'omit' });
    if (status == 403) return [wrong('origin-refused', `${url} refuses the origin ${origin}.`, `Add ${origin} to ASSISTERS_ORIGINS of the gateway.`)];
    if (status >= 500) return [wrong('api-error', `${url} answers ${status}.`, 'See the log of the server.')];
    return [];
  } catch (cause) {
    const fix = `Check the address, allow ${new URL(apiUrl).origin} in connect-src, and the origin ${origin} on the server (CORS).`;
    return [wrong('api-unreachable', `${url}: ${cause}`, fix)];
  }
};

/**
 * Returns the findings and prints them.
 *
 * @param {URL} wasm
 * @param {Record<string, any> | undefined} options
 * @param {EngineWidget} [widget]
 * @returns {Promise<Finding[]>}
 */
export const findFaults = async (wasm, options, widget) => {
  const findings = [checkWebAssembly(), await checkFile(wasm), options ? await checkApi(options) : []].flat();
  if (!options) findings.push(wrong('not-mounted', 'There is no widget.', 'Give the script tag data-assistant, or call mount().'));
  if (location.protocol == 'file:') findings.push(wrong('file', 'The page was opened as a file.', 'Serve it over HTTP.'));
  if (options?.apiKey) {
    const fix = 'Keep it in the gateway, or give getToken.';
    findings.push({ code: 'key-in-page', level: 'warning', problem: 'Everybody who opens the page can read "apiKey".', fix });
  }
  findings.push(...(widget?.('diagnose', []) || []));
  for (const { level, problem, fix } of findings) console[level == 'error' ? 'error' : 'warn'](`Assisters: ${problem} ${fix}`);
  if (!findings.length) console.info('Assisters: nothing is wrong.');
  return findings;
};
