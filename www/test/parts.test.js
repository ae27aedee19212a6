// The parts of the shell that need no page: the frame's address, the comparison of React props, the calls of a handle.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callsOf } from '../shell/calls.js';
import { changesBetween } from '../shell/changes.js';
import { originOfParent, readQuery } from '../shell/query.js';

describe('readQuery', () => {
  const rows = [
    ['?assistant=a&theme=dark', { assistant: 'a', theme: 'dark' }],
    ['?assistantId=a&auto-open&button-size=70', { assistantId: 'a', autoOpen: true, buttonSize: 70 }],
    ['?assistant=a&suggestions=["x","y"]&parentOrigin=https://shop.example', { assistant: 'a', suggestions: ['x', 'y'] }],
    ['', {}],
  ];
  for (const [search, options] of rows) it(`reads ${search}`, () => assert.deepEqual(readQuery(search), options));
  for (const search of ['?apiKey=s', '?api-key=s']) {
    it(`refuses ${search}`, () => assert.throws(() => readQuery(search), /"apiKey" must not be part of an address/));
  }
});

describe('originOfParent', () => {
  const rows = [
    ['?parentOrigin=https://shop.example', '', 'https://shop.example'],
    ['?parent-origin=https://shop.example/page', '', 'https://shop.example'],
    ['?parentOrigin=https://shop.example', 'https://other.example/', 'https://shop.example'],
    ['', 'https://shop.example/a?b', 'https://shop.example'],
    ['', '', undefined],
    ['?parentOrigin=*', '', undefined],
    ['?parentOrigin=null', '', undefined],
    ['?parentOrigin=data:text/html,x', '', undefined],
  ];
  for (const [search, referrer, origin] of rows) {
    it(`is ${origin} for "${search}" from "${referrer}"`, () => assert.equal(originOfParent(search, referrer), origin));
  }
});

describe('changesBetween', () => {
  const one = () => 1;
  const two = () => 2;
  const rows = [
    [{ a: 1 }, { a: 1 }, undefined],
    [{ a: 1 }, { a: 2 }, { a: 2 }],
    [{ a: 1 }, {}, { a: undefined }],
    [{}, { a: 1 }, { a: 1 }],
    [{ user: { id: '1', tags: ['x'] } }, { user: { id: '1', tags: ['x'] } }, undefined],
    [{ user: { id: '1' } }, { user: { id: '1', name: 'n' } }, { user: { id: '1', name: 'n' } }],
    [{ list: ['a'] }, { list: ['a', 'b'] }, { list: ['a', 'b'] }],
    [{ user: null }, { user: {} }, { user: {} }],
    [{ onMessage: one }, { onMessage: two }, undefined],
    [{ onMessage: one }, {}, { onMessage: undefined }],
    [{}, { onMessage: two }, { onMessage: two }],
    [{ tools: [one] }, { tools: [two] }, { tools: [two] }],
  ];
  for (const [before, after, changes] of rows) {
    it(`from ${JSON.stringify(before)} to ${JSON.stringify(after)}`, () => assert.deepEqual(changesBetween(before, after), changes));
  }
});

describe('callsOf', () => {
  it('passes name and arguments on', () => {
    const calls = callsOf((name, args) => [name, args], () => false);
    assert.deepEqual(calls.sendMessage('hi', { metadata: {} }), ['sendMessage', ['hi', { metadata: {} }]]);
  });
  it('says which call came too early or too late', () => {
    const calls = callsOf(() => 'reached', () => true);
    assert.throws(() => calls.open(), { message: 'Assisters: open() needs init() first' });
  });
});
