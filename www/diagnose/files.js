// The engine's files: are they there, may the page have them, are they what they claim to be?

import { policyFix, watched, wrong } from './finding.js';
import { whyUnreachable } from './reach.js';

/** @import { Finding } from '../types/assisters.js' */

/** The shortest module there is: does the browser run WebAssembly at all? WebKit compiles what a policy forbids, and refuses to start it. */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** @returns {Promise<Finding[]>} */
const checkWebAssembly = async () => {
  if (typeof WebAssembly != 'object') {
    const fix = 'Nothing has to be done: such visitors get a plain form. A current browser, without lockdown mode, has it.';
    return [wrong('wasm-missing', 'This browser has no WebAssembly.', fix)];
  }
  const { cause, refusal } = await watched(() => WebAssembly.instantiate(EMPTY));
  if (!cause) return [];
  const fix = refusal ? policyFix(refusal, "'wasm-unsafe-eval'") : "Add 'wasm-unsafe-eval' to script-src in the page's policy.";
  return [wrong('wasm-refused', `The page may not compile WebAssembly: ${cause}`, fix)];
};

/** @param {URL} url @returns {Promise<Finding[]>} */
const checkFile = async (url) => {
  const { result, refusal, cause } = await watched(() => fetch(url, { cache: 'no-store' }));
  if (refusal) return [wrong('connect-refused', `The page may not fetch ${url}.`, policyFix(refusal, url.origin))];
  if (!result) return [await whyUnreachable(url, cause)];
  const { ok, status, headers, body } = result;
  body?.cancel().catch(() => {}); // has come already
  if (!ok) return [wrong('engine-missing', `${url} answers ${status}.`, 'Serve the whole folder of the script, assets included.')];
  const type = headers.get('content-type') || 'nothing';
  const isScript = /\.m?js$/.test(url.pathname);
  if (isScript && !/^(text|application)\/(x-)?(java|ecma)script\b/i.test(type)) {
    return [wrong('mime-type', `${url} is served as ${type}, and browsers run no module that is.`, 'Serve .js and .mjs as text/javascript.')];
  }
  return [];
};

/** @param {URL} script @returns {Promise<Finding[]>} */
const checkImport = async (script) => {
  const { cause, refusal } = await watched(() => import(/* webpackIgnore: true */ /* @vite-ignore */ script.href));
  if (!cause) return [];
  if (refusal) return [wrong('script-refused', `The page may not run ${script}.`, policyFix(refusal, script.origin))];
  return [wrong('engine', `${script} does not run: ${cause}`, 'Serve the files as they were built, all of one version.')];
};

/**
 * @param {URL} script
 * @param {URL} wasm
 * @returns {Promise<Finding[]>}
 */
export const checkFiles = async (script, wasm) => {
  const findings = [await checkWebAssembly(), await checkFile(script), await checkFile(wasm)].flat();
  // One cause may keep both files away.
  const told = findings.filter(({ code, fix }, at) => findings.findIndex((other) => other.code == code && other.fix == fix) == at);
  return findings.some(({ code }) => !code.startsWith('wasm')) ? told : [...told, ...(await checkImport(script))];
};
