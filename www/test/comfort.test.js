// What makes a panel comfortable, as far as it needs no page: the option, the hours, the shortcut, the sentences.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sentencesAfter } from '../comfort/announce.js';
import { faultInExtras } from '../comfort/extras.js';
import { backAt, isThere } from '../comfort/hours.js';

describe('extras', () => {
  for (const extras of [
    undefined,
    {},
    { announce: 'sentences', size: 'compact', voice: { rate: 1.2 }, form: true, shortcut: 'Ctrl + Alt+C', sound: null, resizable: false },
    { greeter: { delaySecs: 3 }, hours: { open: { mon: '09:00-17:00', tue: '9-17' } } },
  ]) {
    it(`takes ${JSON.stringify(extras)}`, () => assert.equal(faultInExtras(extras), undefined));
  }
  /** @type {[any, RegExp][]} */
  const refused = [
    [{ voices: true }, /no "voices"; expected announce \| size .* hours$/],
    [{ announce: 'loud' }, /"extras.announce" is "loud"; expected answer \| sentences \| off/],
    [{ announce: true }, /expected answer/],
    [{ size: 'object' }, /expected compact/],
    [{ sound: 'true' }, /"extras.sound" is "true"; expected boolean/],
    [{ sound: 'boolean' }, /expected boolean/],
    [{ greeter: true }, /expected object/],
    [{ form: [] }, /expected boolean \| object/],
    [{ shortcut: 7 }, /expected a key such as Alt\+C/],
    [{ shortcut: 'Super+C' }, /expected a key/],
    [{ hours: { open: { mon: 'always' } } }, /expected \{ timeZone\?, open/],
    [{ hours: {} }, /"extras.hours"/],
  ];
  for (const [extras, words] of refused) it(`refuses ${JSON.stringify(extras)}`, () => assert.match(faultInExtras(extras) || '', words));
});

describe('hours', () => {
  const hours = { timeZone: 'Europe/Oslo', open: { mon: '09:00-17:00', tue: '9-12:30', fri: '22:00-24:00' } };
  // Oslo is an hour ahead of UTC in winter, two in summer. 2026-11-23 is a Monday.
  for (const [at, there, back] of [
    ['2026-11-23T07:59:00Z', false, '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T08:00:00Z', true],
    ['2026-11-23T15:59:00Z', true],
    ['2026-11-23T16:00:00Z', false, '2026-11-24T08:00:00.000Z'],
    ['2026-11-24T11:29:00Z', true],
    ['2026-11-24T11:31:00Z', false, '2026-11-27T21:00:00.000Z'],
    ['2026-11-27T22:59:00Z', true],
    ['2026-11-28T12:00:00Z', false, '2026-11-30T08:00:00.000Z'],
    ['2026-07-06T07:00:00Z', true],
  ]) {
    it(`at ${at}`, () => {
      assert.equal(isThere(hours, new Date(/** @type {string} */ (at))), there);
      if (back) assert.equal(backAt(hours, new Date(/** @type {string} */ (at)))?.toISOString(), back);
    });
  }
  it('has nobody back who never is there', () => assert.equal(backAt({ open: {} }, new Date()), undefined));
});

describe('sentences', () => {
  /** @type {[string, number, string, string?][]} */
  const rows = [
    ['One. Two! Thr', 0, 'One. Two! '],
    ['One. Two! Three? F', 5, 'Two! Three? '],
    ['No end yet', 0, ''],
    ['', 0, ''],
    ['一つ目です。二つ目です。三', 0, '一つ目です。二つ目です。', 'ja'],
  ];
  for (const [text, from, told, locale] of rows) it(`of “${text}” after ${from}`, () => assert.equal(sentencesAfter(text, from, locale), told));
});
