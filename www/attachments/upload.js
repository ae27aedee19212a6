// Brings one file to where the assistant can read it: by the owner's function, or to the gateway's upload route.

import { absolute, takesIds } from '../engine/place.js';

/** @import { AttachmentOptions, UploadedFile } from '../types/options.js' */

/** A server's refusal. */
export class Refused extends Error {
  /** @param {number} status @param {any} [error] the body's */
  constructor(status, error) {
    super(error?.message || `the upload was answered with status ${status}`);
    this.status = status;
    this.details = error?.details;
  }
}

/**
 * Returns the headers of a request to the API.
 *
 * @param {Record<string, any>} options
 * @param {(name: string, args: any[]) => any} call of the engine, which knows the visitor's token
 * @returns {Promise<Record<string, string>>}
 */
export const headersOf = (options, call) =>
  new Promise((resolve, reject) => {
    const take = (/** @type {string | null | undefined} */ token) => {
      if (token === undefined) reject(new Error('there is no token for the visitor'));
      else resolve({ ...options.headers, ...(token && { Authorization: 'Bearer ' + token }) });
    };
    call('handToken', [take]);
  });

/** @param {string} text */
const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Sends a form. `fetch` can not tell how much of it has left.
 *
 * @param {string} url
 * @param {File} file
 * @param {Record<string, string>} headers
 * @param {{ signal: AbortSignal, progress: (share: number) => void }} how
 * @returns {Promise<UploadedFile>}
 */
const send = (url, file, headers, { signal, progress }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    request.upload.onprogress = ({ loaded, total }) => progress(total && loaded / total);
    request.onerror = () => reject(new Error('the connection broke'));
    request.onabort = () => reject(signal.reason);
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status < 300 && body) resolve(body);
      else reject(new Refused(request.status, body?.error));
    };
    signal.addEventListener('abort', () => request.abort(), { once: true });
    const form = new FormData();
    form.append('file', file, file.name);
    request.send(form);
  });

/**
 * Uploads a file and returns how requests name it.
 *
 * @param {File} file
 * @param {AttachmentOptions['upload']} upload the owner's function
 * @param {{ url: () => string, headers: () => Promise<Record<string, string>>, dropToken: () => boolean }} gateway
 * @param {{ signal: AbortSignal, progress: (share: number) => void }} how
 * @returns {Promise<UploadedFile>}
 */
export const put = async (file, upload, gateway, how) => {
  if (upload) return upload(file, how);
  const headers = await gateway.headers();
  how.signal.throwIfAborted();
  try {
    return await send(gateway.url(), file, headers, how);
  } catch (cause) {
    // A token that has expired is renewed once.
    if (!(cause instanceof Refused) || cause.status != 401 || !gateway.dropToken()) throw cause;
    const renewed = await gateway.headers();
    how.signal.throwIfAborted();
    return send(gateway.url(), file, renewed, how);
  }
};

/**
 * Has the gateway forget a file that the visitor has taken back. What it can not forget expires by itself.
 *
 * @param {any} uploaded
 * @param {{ url: () => string, headers: () => Promise<Record<string, string>> }} gateway
 */
export const takeBack = async ({ file_id }, gateway) => {
  if (!file_id) return;
  await fetch(gateway.url() + '/' + encodeURIComponent(file_id), { method: 'DELETE', headers: await gateway.headers() });
};

/**
 * Returns what an upload has come to, if a request of this dialect can name it.
 *
 * @param {any} uploaded
 * @param {string} dialect
 * @returns {{ url?: string, file_id?: string }}
 * @throws {TypeError} says what `upload` is to return
 */
export const nameOf = (uploaded, dialect) => {
  const { url, file_id } = uploaded || {};
  // An address is read by others, elsewhere.
  if (url && typeof url == 'string') return { url: absolute(url), ...(takesIds(dialect) && file_id && { file_id: '' + file_id }) };
  if (file_id && takesIds(dialect)) return { file_id: '' + file_id };
  const expected = takesIds(dialect) ? '{ url } or { file_id }' : `{ url }; requests of the dialect "${dialect}" have no place for a file_id`;
  throw new TypeError(`Assisters: attachments.upload returned ${JSON.stringify(uploaded)}; expected ${expected}`);
};
