// The reading of answers where there is no WebAssembly: every dialect's fixtures, however their bytes are cut.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { documents, textOf } from '../fallback/frames.js';

/** @param {Uint8Array[]} pieces @param {string} type */
const response = (pieces, type) =>
  new Response(new ReadableStream({ start: (stream) => (pieces.forEach((piece) => stream.enqueue(piece)), stream.close()) }), { headers: { 'content-type': type } });

/** @param {Response} answer */
const read = async (answer) => {
  let text = '';
  for await (const body of documents(answer)) text += textOf(body);
  return text;
};

const fixture = (/** @type {string} */ name) => readFileSync(new URL('../../tests/fixtures/' + name, import.meta.url));

/** The text that the engine reads from the same fixture. @param {string} name */
const expected = (name) =>
  fixture(name)
    .toString()
    .split('\n')
    .map((line) => line.match(/^text (".*")$/)?.[1])
    .filter(Boolean)
    .map((text) => JSON.parse(/** @type {string} */ (text)))
    .join('');

describe('streams', () => {
  const rows = [
    ['data: {"type":"chunk","content":"a"}\n\ndata: {"type":"chunk","content":"b"}\n\n', 'ab'],
    ['event: message\r\ndata: {"type":"delta","content":"ö 日本"}\r\n\r\n', 'ö 日本'],
    ['data: {"type":"delta","content":"a"}\r\rdata: {"type":"end","usage":{}}\r\r', 'a'],
    [': still here\n\ndata: {"content":"a","delta":true}\n\ndata: {"content":"a","delta":false}\n\n', 'a'],
    ['data: {"type":"reasoning-delta","delta":"no"}\n\ndata: {"type":"text-delta","delta":"yes"}\n\ndata: [DONE]\n\ndata: {"type":"text-delta","delta":"late"}\n\n', 'yes'],
    ['data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\ndata: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: {"choices":[{"delta":{},]}\n\n', 'x'],
    ['data: {"type":"chunk",\ndata: "content":"two lines"}\n\n', 'two lines'],
    ['data: {"type":"chunk","content":"cut off', ''],
  ];
  for (const [stream, text] of rows) {
    it(JSON.stringify(stream), async () => {
      const bytes = new TextEncoder().encode(stream);
      for (let at = 0; at <= bytes.length; at++) {
        assert.equal(await read(response([bytes.slice(0, at), bytes.slice(at)], 'text/event-stream')), text, `cut at ${at}`);
      }
      assert.equal(await read(response([...bytes].map((byte) => Uint8Array.of(byte)), 'text/event-stream; charset=utf-8')), text, 'byte by byte');
    });
  }
  it('fails as the server says', async () => {
    for (const [body, message] of [
      ['{"error":{"message":"busy"}}', /busy/],
      ['{"type":"error","errorText":"no more"}', /no more/],
    ]) {
      await assert.rejects(read(response([new TextEncoder().encode(`data: ${body}\n\n`)], 'text/event-stream')), message);
    }
  });
});

describe('plain answers', () => {
  const rows = [
    [{ response: 'a', sessionId: 's' }, 'a'],
    [{ role: 'assistant', content: 'b' }, 'b'],
    [{ choices: [{ message: { content: 'c' } }] }, 'c'],
    [{ parts: [{ type: 'text', text: 'd' }, { type: 'source-url', url: '/' }] }, 'd'],
    [{ hello: true }, ''],
  ];
  for (const [body, text] of rows) {
    it(JSON.stringify(body), async () => assert.equal(await read(response([new TextEncoder().encode(JSON.stringify(body))], 'application/json')), text));
  }
});

describe('fixtures', () => {
  for (const dialect of ['chat', 'conversations', 'threads', 'informer', 'openai']) {
    it(`${dialect} reads as the engine does`, async () => {
      const text = expected(`${dialect}/answer.events`);
      assert.ok(text.length > 10, 'the fixture has a text');
      assert.equal(await read(response([fixture(`${dialect}/answer.sse`)], 'text/event-stream')), text);
    });
  }
});
