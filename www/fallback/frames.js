// An answer's JSON documents, and the text in each. One reading for all dialects, whose frames name their text differently.

/** Types of frames whose text is the answer's. Reasoning and tools have types of their own. */
const ANSWER = [undefined, 'chunk', 'delta', 'text-delta'];

/**
 * Yields the documents of an answer as they come: the frames of a stream, or the one of a plain answer.
 *
 * @param {Response} response
 */
export async function* documents(response) {
  if (!/event-stream/.test(response.headers.get('content-type') || '')) {
    yield await response.json();
    return;
  }
  for await (const data of frames(response)) {
    if (data == '[DONE]') return;
    const body = parsed(data);
    if (body.error || body.type == 'error') throw new Error(body.error?.message || body.errorText || 'the answer failed');
    yield body;
  }
}

/**
 * The text of a document, empty where it has none.
 *
 * @param {any} body
 * @returns {string}
 */
export const textOf = (body) => {
  if (!ANSWER.includes(body.type) || body.delta === false) return '';
  const [choice] = body.choices || [];
  const parts = body.parts?.map((/** @type {any} */ part) => part.text || '').join('');
  const found = [body.response, body.content, body.delta, choice?.delta?.content, choice?.message?.content, parts];
  return found.find((text) => typeof text == 'string') || '';
};

/** @param {string} data @returns {any} an empty document for one that can not be read: the vendor's own last chunk is such */
const parsed = (data) => {
  try {
    return JSON.parse(data) || {};
  } catch {
    return {};
  }
};

/** Yields the data of server-sent events. @param {Response} response */
async function* frames(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let data = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      // A carriage return at the end may be half of a line's end.
      const lines = rest.split(done ? /\r\n|\r|\n/ : /\r\n|\n|\r(?!$)/);
      rest = done ? '' : lines.pop() || '';
      for (const line of lines) {
        if (/^data:?/.test(line)) data += (data && '\n') + line.replace(/^data:? ?/, '');
        else if (!line && data) {
          yield data;
          data = '';
        }
      }
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => {}); // has ended already, or is to end here
  }
}
