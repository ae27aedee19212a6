// Asks for an answer in any of the dialects, and yields its text as it comes. Knows nothing of sources, tools and usage.

import { apiUrlOf } from '../engine/complete.js';
import { documents, textOf } from './frames.js';

/** A refusal of the server's. */
class Refusal extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export class Api {
  #options;
  /** The conversation's id: ours, or the server's. */
  #session = '';
  #token = '';

  /** @param {() => Record<string, any>} options */
  constructor(options) {
    this.#options = options;
  }

  /** Begins anew. */
  forget() {
    this.#session = '';
  }

  /**
   * @param {string} text
   * @param {{ role: string, content: string }[]} earlier
   * @param {AbortSignal} signal
   */
  async *answer(text, earlier, signal) {
    const response = await this.#ask(text, earlier, signal);
    for await (const body of documents(response)) {
      this.#session = body.sessionId || this.#session;
      const piece = textOf(body);
      if (piece) yield piece;
    }
  }

  /**
   * @param {string} text
   * @param {{ role: string, content: string }[]} earlier
   * @param {AbortSignal} signal
   */
  async #ask(text, earlier, signal) {
    const { assistant, dialect = 'chat', user, metadata, sessionId } = this.#options();
    const part = encodeURIComponent;
    this.#session ||= sessionId || '';
    if (!this.#session && (dialect == 'conversations' || dialect == 'threads')) {
      const begun = await this.#send('/' + dialect, dialect == 'threads' ? { metadata: { ...metadata } } : { assistant_id: assistant, metadata }, signal);
      this.#session = (await begun.json()).id;
    }
    const isOurs = dialect == 'chat' || dialect == 'informer';
    if (!this.#session && isOurs) this.#session = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const id = part(this.#session);
    const said = [...earlier, { role: 'user', content: text }].map(({ role, content }) => ({ role, content }));
    switch (dialect) {
      case 'conversations':
        return this.#send(`/conversations/${id}/messages/stream`, { content: text }, signal);
      case 'threads':
        await this.#send(`/threads/${id}/messages`, { assistant_id: assistant, role: 'user', content: text }, signal);
        return this.#send(`/threads/${id}/messages/stream`, undefined, signal);
      case 'execute':
        return this.#send(`/assistants/${part(assistant)}/execute`, { userInput: text, sessionId: this.#session || undefined }, signal);
      case 'informer': {
        const messages = said.map(({ role, content }) => ({ role, parts: [{ type: 'text', text: content }] }));
        return this.#send(`/chats/${id}`, { assistantId: assistant, messages }, signal);
      }
      case 'openai':
        return this.#send('/chat/completions', { model: assistant, messages: said, stream: true }, signal);
      default:
        return this.#send('/chat/stream', { assistant, message: text, session_id: this.#session, user, metadata }, signal);
    }
  }

  /**
   * Sends one request; a refused token is asked for once more.
   *
   * @param {string} path
   * @param {object | undefined} body
   * @param {AbortSignal} signal
   * @returns {Promise<Response>}
   */
  async #send(path, body, signal, mayMend = true) {
    const options = this.#options();
    this.#token ||= await this.#newToken(signal);
    /** @type {Record<string, string>} */
    const headers = { accept: 'text/event-stream, application/json;q=0.9', ...options.headers };
    if (body) headers['content-type'] = 'application/json';
    if (this.#token) headers.authorization = 'Bearer ' + this.#token;
    const url = apiUrlOf(options.apiUrl) + path;
    const response = await fetch(url, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body), credentials: 'omit', signal });
    if (response.status == 401 && mayMend && this.#token) {
      this.#token = '';
      return this.#send(path, body, signal, false);
    }
    if (!response.ok) throw new Refusal(`${url} answers ${response.status}: ${await response.text()}`, response.status);
    return response;
  }

  /** @param {AbortSignal} signal @returns {Promise<string>} empty where the server does not ask for one */
  async #newToken(signal) {
    const { apiKey, getToken, apiUrl, assistant } = this.#options();
    if (apiKey) return apiKey;
    if (getToken) return getToken();
    const url = apiUrlOf(apiUrl) + '/visitor-tokens';
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ assistant }),
      credentials: 'omit',
      signal,
    });
    if (response.status == 404 || response.status == 405) return '';
    if (!response.ok) throw new Refusal(`${url} answers ${response.status}`, response.status);
    return (await response.json()).token;
  }
}
