// The options table: what is taken, what is refused and in which words, what an attribute's text is read as.

import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { EVENTS, fromText, optionOf, OPTIONS, resolve } from '../shell/options.js';

describe('resolve', () => {
  const taken = [
    [{ assistantId: 'a' }, { assistant: 'a' }],
    [{ assisterId: 'a' }, { assistant: 'a' }],
    [{ assistant: 'a', zIndex: 1, stream: false }, { assistant: 'a', zIndex: 1, stream: false }],
    [{ assistant: 'a', theme: 'dark' }, { assistant: 'a', theme: 'dark' }],
    [{ assistant: 'a', theme: { accent: 'red' } }, { assistant: 'a', theme: { accent: 'red' } }],
    [{ assistant: 'a', title: undefined, user: null }, { assistant: 'a' }],
    [{ assistant: 'a', suggestions: ['x'], attachments: true, tools: {} }, { assistant: 'a', suggestions: ['x'], attachments: true, tools: {} }],
  ];
  for (const [given, options] of taken) {
    it(`takes ${JSON.stringify(given)}`, () => assert.deepEqual(resolve(given), options));
  }

  const refused = [
    [{}, '"assistant" is undefined; expected string'],
    [undefined, '"assistant" is undefined; expected string'],
    [{ assistant: '' }, '"assistant" is ""; expected string'],
    [{ assistantId: 7 }, '"assistantId" is 7; expected string'],
    [{ position: 'middle' }, '"position" is "middle"; expected bottom-right | bottom-left | top-right | top-left | inline'],
    [{ theme: 'blue' }, '"theme" is "blue"; expected auto | light | dark | object'],
    [{ dialect: 'x' }, '"dialect" is "x"; expected chat | conversations | threads | execute | informer | openai'],
    [{ persist: true }, '"persist" is true; expected local | session | none'],
    [{ preload: 'eager' }, '"preload" is "eager"; expected intent | idle'],
    [{ zIndex: '9' }, '"zIndex" is "9"; expected number'],
    [{ buttonSize: NaN }, '"buttonSize" is null; expected number'],
    [{ autoOpen: 'yes' }, '"autoOpen" is "yes"; expected boolean'],
    [{ user: ['x'] }, '"user" is ["x"]; expected object'],
    [{ messages: {} }, '"messages" is {}; expected array'],
    [{ onMessage: 'fn' }, '"onMessage" is "fn"; expected function'],
    [{ getToken: 'abc' }, '"getToken" is "abc"; expected function'],
  ];
  for (const [given, message] of refused) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      assert.throws(() => resolve(given), { name: 'TypeError', message: 'Assisters: ' + message });
    });
  }

  const misspelt = [
    ['postion', 'position'],
    ['titel', 'title'],
    ['asistant', 'assistant'],
    ['api_url', 'apiUrl'],
    ['apiURL', 'apiUrl'],
    ['primarycolor', 'primaryColor'],
    ['primaryColour', 'primaryColor'],
    ['onmessage', 'onMessage'],
    ['hideWaterMark', 'hideWatermark'],
    ['z-index', 'zIndex'],
    ['mesages', 'messages'],
    ['sugestions', 'suggestions'],
  ];
  for (const [given, name] of misspelt) {
    it(`takes "${given}" for "${name}"`, (context) => {
      const warn = context.mock.method(console, 'warn', () => {});
      assert.deepEqual(resolve({ assistant: 'a', [given]: 1 }), { assistant: 'a' });
      assert.equal(warn.mock.calls[0].arguments[0], `Assisters: unknown option "${given}"; did you mean "${name}"?`);
    });
  }

  it('changes what is named, drops what is undefined, leaves the rest and its input alone', () => {
    const before = { assistant: 'a', title: 'T', zIndex: 1 };
    assert.deepEqual(resolve({ title: undefined, zIndex: 2 }, before), { assistant: 'a', zIndex: 2 });
    assert.deepEqual(before, { assistant: 'a', title: 'T', zIndex: 1 });
  });

  it('never loses the assistant', () => assert.throws(() => resolve({ assistantId: undefined }, { assistant: 'a' }), TypeError));

  it('warns of no option it knows', (context) => {
    const warn = context.mock.method(console, 'warn', () => {});
    for (const [name, [kind]] of Object.entries(OPTIONS)) {
      const samples = { string: 'x', number: 1, boolean: true, object: {}, array: [], function: mock.fn() };
      resolve({ assistant: 'a', [name]: kind in samples ? samples[kind] : kind });
    }
    assert.equal(warn.mock.callCount(), 0);
  });
});

describe('fromText', () => {
  const rows = [
    ['assistant', '42', '42'],
    ['assistantId', '42', '42'],
    ['zIndex', '42', 42],
    ['zIndex', 'high', 'high'],
    ['autoOpen', '', true],
    ['autoOpen', 'true', true],
    ['autoOpen', 'false', false],
    ['hideWatermark', 'no', 'no'],
    ['suggestions', '["a"]', ['a']],
    ['suggestions', 'a, b', 'a, b'],
    ['offset', '{"x":1}', { x: 1 }],
    ['theme', 'dark', 'dark'],
    ['theme', '{"accent":"red"}', { accent: 'red' }],
    ['position', 'inline', 'inline'],
    ['attachments', '', true],
    ['title', 'true', 'true'],
    ['unknown', '1', '1'],
  ];
  for (const [name, text, value] of rows) {
    it(`reads ${name}="${text}"`, () => assert.deepEqual(fromText(name, text), value));
  }
});

describe('events', () => {
  it('has an option for each', () => {
    assert.equal(optionOf('message-sent'), 'onMessageSent');
    for (const event of EVENTS) assert.deepEqual(OPTIONS[optionOf(event)], ['function']);
  });
});
