// The page's own tools: the check of arguments, and what becomes of a call.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultIn } from '../engine/schema.js';
import { callTool } from '../engine/tool-call.js';

describe('faultIn', () => {
  const order = {
    type: 'object',
    properties: { number: { type: 'integer', minimum: 1, maximum: 9 }, size: { enum: ['s', 'm', null] }, tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 } },
    required: ['number'],
    additionalProperties: false,
  };
  const rows = [
    [{ number: 7 }, order, undefined],
    [{ number: 7, size: null, tags: ['a'] }, order, undefined],
    [{}, order, 'a.number is missing'],
    [{ number: 7.5 }, order, 'a.number is number; expected integer'],
    [{ number: '7' }, order, 'a.number is string; expected integer'],
    [{ number: 0 }, order, 'a.number: minimum is 1, not 0'],
    [{ number: 10 }, order, 'a.number: maximum is 9, not 10'],
    [{ number: 1, size: 'l' }, order, 'a.size is "l"; expected one of ["s","m",null]'],
    [{ number: 1, tags: [] }, order, 'a.tags: minItems is 1, not 0'],
    [{ number: 1, tags: ['a', 'b', 'c'] }, order, 'a.tags: maxItems is 2, not 3'],
    [{ number: 1, tags: ['a', 7] }, order, 'a.tags[1] is number; expected string'],
    [{ number: 1, more: 1 }, order, 'a.more is not allowed'],
    // No field of every object's is one of these.
    [{ number: 1, ['__proto__x']: 1 }, order, 'a.__proto__x is not allowed'],
    [{ number: 1, constructor: 1 }, order, 'a.constructor is not allowed'],
    [{}, { required: ['toString'] }, 'a.toString is missing'],
    [{ x: 1 }, { additionalProperties: { type: 'string' } }, 'a.x is number; expected string'],
    [{ x: 1 }, { type: 'object' }, undefined],
    [[], { type: 'object' }, 'a is array; expected object'],
    [null, { type: 'object' }, 'a is null; expected object'],
    [null, { type: ['object', 'null'] }, undefined],
    ['x', { type: ['number', 'boolean'] }, 'a is string; expected number or boolean'],
    ['🐢🐢', { minLength: 2, maxLength: 2 }, undefined],
    ['🐢', { minLength: 2 }, 'a: minLength is 2, not 1'],
    ['abc', { maxLength: 2 }, 'a: maxLength is 2, not 3'],
    [{ b: [1, 2], a: 1 }, { const: { a: 1, b: [1, 2] } }, undefined],
    [{ a: 1, b: [2, 1] }, { const: { a: 1, b: [1, 2] } }, 'a is {"a":1,"b":[2,1]}; expected {"a":1,"b":[1,2]}'],
    [[1], { const: { 0: 1 } }, 'a is [1]; expected {"0":1}'],
    [3, { minLength: 9, minItems: 9 }, undefined],
    // Nothing else is looked at.
    ['x', { pattern: '^y$', format: 'email', not: {} }, undefined],
    ['x', true, undefined],
    ['x', false, 'a is not allowed'],
    ['x', undefined, undefined],
  ];
  for (const [value, schema, fault] of rows) {
    it(`${JSON.stringify(value)} by ${JSON.stringify(schema)}`, () => assert.equal(faultIn(value, schema, 'a'), fault));
  }
});

describe('callTool', () => {
  const parameters = { type: 'object', properties: { n: { type: 'number' } }, additionalProperties: false };
  const never = () => {
    throw new Error('it must not be called');
  };
  const rows = [
    ['a text', { run: () => 'seven' }, '{}', { output: 'seven' }],
    ['a value', { run: async ({ n }) => ({ twice: n * 2 }), parameters }, '{"n":4}', { output: '{"twice":8}' }],
    ['nothing', { run: () => undefined }, '{}', { output: 'null' }],
    ['no JSON', { run: never }, '{"n":', { error: 'the arguments are not JSON' }],
    ['no object', { run: never }, '[1]', { error: 'arguments is array; expected object' }],
    ['wrong arguments', { run: never, parameters }, '{"n":"4"}', { error: 'arguments.n is string; expected number' }],
    ['more arguments', { run: never, parameters }, '{"m":4}', { error: 'arguments.m is not allowed' }],
    ['a progress text', { run: (given) => given, parameters }, '{"n":1,"aiProgressMessage":"Looking"}', { output: '{"n":1}' }],
    ['one that throws', { run: () => Promise.reject(new Error('no such order')) }, '{}', { error: 'no such order' }],
    ['one that throws no error', { run: () => Promise.reject('why') }, '{}', { error: 'why' }],
    ['one that can not be told', { run: () => 1n }, '{}', { error: 'Do not know how to serialize a BigInt' }],
    ['one that is gone', undefined, '{}', { error: 'this page has no such tool' }],
    ['a question', { run: never, confirm: true }, '{}', { question: '' }],
    ['a question in own words', { run: never, confirm: 'Cancel it?' }, '{}', { question: 'Cancel it?' }],
    ['wrong arguments before the question', { run: never, confirm: true, parameters }, '{"n":"4"}', { error: 'arguments.n is string; expected number' }],
  ];
  for (const [what, tool, text, expected] of rows) {
    it(what, async () => assert.deepEqual(JSON.parse(await callTool(tool, text)), expected));
  }
  it('runs what was allowed', async () => {
    assert.deepEqual(JSON.parse(await callTool({ run: () => 'done', confirm: true }, '{}', true)), { output: 'done' });
  });
  it('does not run what was not', async () => {
    const refused = { error: 'the visitor did not allow it' };
    assert.deepEqual(JSON.parse(await callTool({ run: never, confirm: true }, '{}', false)), refused);
  });
  it('ends with its time, and tells the function', async () => {
    let isAborted;
    const run = (_, { signal }) => new Promise(() => signal.addEventListener('abort', () => (isAborted = true)));
    assert.deepEqual(JSON.parse(await callTool({ run, timeoutMs: 1 }, '{}')), { error: 'no result within 1 ms' });
    assert.equal(isAborted, true);
  });
});
