// The API: does it answer this page, and does its clock agree with the visitor's?

import { apiUrlOf } from '../engine/complete.js';
import { doubtful, policyFix, watched, wrong } from './finding.js';
import { whyUnreachable } from './reach.js';

/** @import { Finding } from '../types/assisters.js' */

/** Tokens live for minutes: a clock that is further off than this takes a fresh one for expired. */
const SKEW_MILLIS = 5 * 60_000;

/** @param {Record<string, any>} options @returns {Promise<Finding[]>} */
export const checkApi = async ({ apiUrl: given, assistant, apiKey, getToken }) => {
  const needsToken = !apiKey && !getToken;
  const url = new URL(apiUrlOf(given) + (needsToken ? '/visitor-tokens' : '/assistants'));
  const headers = { 'content-type': 'application/json' };
  const request = needsToken ? { method: 'POST', headers, body: JSON.stringify({ assistant }) } : {};
  const { result, refusal, cause } = await watched(() => fetch(url, { ...request, credentials: 'omit', cache: 'no-store' }));
  if (refusal) return [wrong('connect-refused', `The page may not ask ${url}.`, policyFix(refusal, url.origin))];
  if (!result) return [await whyUnreachable(url, cause)];
  const { status } = result;
  if (status == 403) {
    return [wrong('origin-refused', `${url} refuses the origin ${location.origin}.`, `Add ${location.origin} to ASSISTERS_ORIGINS of the gateway.`)];
  }
  if (status >= 500) return [wrong('api-error', `${url} answers ${status}.`, 'See the log of the server.')];
  return checkClock(result);
};

/** @param {Response} response @returns {Finding[]} */
const checkClock = ({ headers }) => {
  const theirs = Date.parse(headers.get('date') || '');
  const minutes = Math.round((Date.now() - theirs) / 60_000);
  if (!(Math.abs(Date.now() - theirs) > SKEW_MILLIS)) return [];
  const which = minutes > 0 ? 'ahead of' : 'behind';
  return [doubtful('clock-skew', `This device's clock is ${Math.abs(minutes)} minutes ${which} the server's.`, "Set the clock; if it is right, the server's is wrong.")];
};
