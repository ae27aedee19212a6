// The page: how it was opened, what it gives away, what it may keep.

import { doubtful, wrong } from './finding.js';

/** @import { Finding } from '../types/assisters.js' */

/** What a page gives away that holds one of these. */
const SECRET_HEADERS = /^(authorization|x-api-key)$/i;

/** @param {Record<string, any> | undefined} options @returns {Finding[]} */
export const checkPage = (options) => {
  const findings = [];
  if (!options) findings.push(wrong('not-mounted', 'There is no widget.', 'Give the script tag data-assistant, or call mount().'));
  if (location.protocol == 'file:') findings.push(wrong('file', 'The page was opened as a file.', 'Serve it over HTTP: browsers let no module be loaded from a file.'));
  const header = Object.keys(options?.headers || {}).find((name) => SECRET_HEADERS.test(name));
  if (options?.apiKey || header) {
    const what = options?.apiKey ? '"apiKey"' : `the header "${header}"`;
    findings.push(doubtful('key-in-page', `Everybody who opens the page can read ${what}.`, 'Keep it in the gateway, or give getToken, which returns a short-lived token.'));
  }
  const { persist = 'local' } = options || {};
  if (persist != 'none' && !canStore(persist)) {
    const fix = 'Conversations are lost with the page. Allow the site to keep data, take the page out of its sandbox, or say persist: "none".';
    findings.push(doubtful('storage-blocked', 'This browser keeps nothing for this page.', fix));
  }
  return findings;
};

/** @param {'local' | 'session'} persist */
const canStore = (persist) => {
  try {
    const storage = window[`${persist}Storage`];
    storage.setItem('assisters-diagnose', '1');
    storage.removeItem('assisters-diagnose');
    return true;
  } catch {
    return false;
  }
};
