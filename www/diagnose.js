// Entry of what `diagnose()` fetches: finds out what is wrong with the page's setup, as far as a page can. Every finding says how to mend it.
// It stands by itself: the engine may be what is missing.

import { checkApi } from './diagnose/api.js';
import { checkFiles } from './diagnose/files.js';
import { checkLauncher } from './diagnose/launcher.js';
import { checkPage } from './diagnose/page.js';

/** @import { Finding } from './types/assisters.js' */

/**
 * Returns the findings and prints them.
 *
 * @param {URL} script of the engine
 * @param {URL} wasm
 * @param {Record<string, any> | undefined} options
 * @param {HTMLElement} [host]
 * @returns {Promise<Finding[]>}
 */
export const findFaults = async (script, wasm, options, host) => {
  const findings = [
    ...checkPage(options),
    ...(await checkFiles(script, wasm)),
    ...(options ? await checkApi(options) : []),
    ...(host ? checkLauncher(host) : []),
  ];
  for (const { level, problem, fix } of findings) console[level == 'error' ? 'error' : 'warn'](`Assisters: ${problem} ${fix}`);
  if (!findings.length) console.info('Assisters: nothing is wrong.');
  return findings;
};
