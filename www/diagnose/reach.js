// Why something can not be fetched, when the browser says nothing but that it failed.

import { wrong } from './finding.js';

/** @import { Finding } from '../types/assisters.js' */

/** Whether anything answers there, permission to read it or not. @param {URL | string} url */
const answers = (url) =>
  fetch(url, { mode: 'no-cors', cache: 'no-store', credentials: 'omit' }).then(
    () => true,
    () => false,
  );

/**
 * @param {URL} url
 * @param {unknown} cause
 * @returns {Promise<Finding>}
 */
export const whyUnreachable = async (url, cause) => {
  if (!navigator.onLine) return wrong('offline', 'This browser is offline.', 'Try again with a connection.');
  if (location.protocol == 'https:' && url.protocol == 'http:') {
    return wrong('mixed-content', `${url} is not encrypted, and this page is.`, 'Serve it over HTTPS.');
  }
  if (await answers(url)) {
    const fix = `Let the server of ${url.origin} answer with Access-Control-Allow-Origin: ${location.origin}; a gateway does for the origins in ASSISTERS_ORIGINS.`;
    return wrong('cors', `${url} answers, but this page may not read it.`, fix);
  }
  // Its server answers, this one address of it does not: something in the browser sorts addresses out.
  if (await answers(url.origin + '/')) {
    const fix = 'Look whether it works without extensions; serve the widget and the API under your own domain and another path.';
    return wrong('blocked', `${url} is kept away from this browser, perhaps by an ad blocker.`, fix);
  }
  return wrong('unreachable', `${url} can not be reached: ${cause}`, 'Check the address, and that its server runs.');
};
