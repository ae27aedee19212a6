// What is found, and what the page's policy says about it.

/** @import { Finding } from '../types/assisters.js' */

/** @param {string} code @param {string} problem @param {string} fix @returns {Finding} */
export const wrong = (code, problem, fix) => ({ code, level: 'error', problem, fix });

/** Something that works, but not as it should. @param {string} code @param {string} problem @param {string} fix @returns {Finding} */
export const doubtful = (code, problem, fix) => ({ code, level: 'warning', problem, fix });

/**
 * Does something and returns how the page's policy refused it, if it did.
 *
 * @template Result
 * @param {() => Promise<Result> | Result} act
 * @returns {Promise<{ result?: Result, cause?: unknown, refusal?: SecurityPolicyViolationEvent }>}
 */
export const watched = async (act) => {
  /** @type {SecurityPolicyViolationEvent | undefined} */
  let refusal;
  const life = new AbortController();
  document.addEventListener('securitypolicyviolation', (event) => (refusal ||= event), life);
  try {
    return { result: await act() };
  } catch (cause) {
    // The report comes in a task of its own, soon after the failure.
    for (let i = 0; i < 5 && !refusal; i++) await new Promise((go) => setTimeout(go, 20));
    return { cause, refusal };
  } finally {
    life.abort();
  }
};

/**
 * The line of the page's policy that has to change, as it is and as it has to be.
 *
 * @param {SecurityPolicyViolationEvent} refusal
 * @param {string} source what has to be allowed
 */
export const policyFix = ({ originalPolicy, effectiveDirective }, source) => {
  const lines = originalPolicy.split(';').map((line) => line.trim());
  const wanted = effectiveDirective.replace(/-(elem|attr)$/, '');
  const found = [effectiveDirective, wanted, 'default-src'].map((name) => lines.find((line) => line.split(/\s+/)[0] == name)).find(Boolean);
  const [, ...sources] = (found || wanted).split(/\s+/);
  const mended = [wanted, ...sources.filter((known) => known != "'none'"), source].join(' ');
  return `In the Content-Security-Policy, make ${found ? `"${found}"` : wanted} into "${mended}".`;
};
