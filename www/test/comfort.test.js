// What makes a panel comfortable, as far as it needs no page: the option, the keys of the menu, what is kept and offered, the hours, the sentences.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sentencesAfter } from '../comfort/announce.js';
import { checked } from '../comfort/extras.js';
import { backAt, isThere } from '../comfort/hours.js';
import { itemFor } from '../comfort/menu-keys.js';
import { fileNameOf, transcriptOf } from '../comfort/transcript.js';
import { unasked } from '../comfort/follow-ups.js';

/** Has itself in it, and can not be written down. @type {any} */
const circle = {};
circle.circle = circle;

describe('extras', () => {
  for (const extras of [
    undefined,
    {},
    { announce: 'sentences', size: 'compact', voice: { rate: 1.2 }, form: true, shortcut: 'Ctrl + Alt+C', sound: null, resizable: false },
    { size: 'full', menu: false, followUps: ['And in winter?'] },
    { followUps: () => [] },
    { assistants: true },
    { assistants: ['a', 'b'] },
    { form: { name: false, email: true, consent: 'I agree.' }, voice: { language: 'pt-BR', name: 'Ana' } },
    { greeter: { delaySecs: 3, text: null, scrollDepth: 0.5 }, hours: { timeZone: 'Europe/Oslo', open: { mon: '09:00-17:00', tue: '9-17', fri: '22:00-24:00' } } },
  ]) {
    it(`takes ${JSON.stringify(extras)}`, () => {
      const { valid, faults } = checked(extras);
      assert.deepEqual(faults, []);
      assert.deepEqual(valid, Object.fromEntries(Object.entries(extras ?? {}).filter(([, value]) => value != null)));
    });
  }

  /** @type {[any, RegExp][]} */
  const refused = [
    [{ voices: true }, /no "voices"; expected announce \| size .* followUps$/],
    [{ constructor: true }, /no "constructor"/],
    [{ announce: 'loud' }, /"extras.announce" is "loud"; expected answer \| sentences \| off/],
    [{ announce: true }, /expected answer/],
    [{ size: 'object' }, /expected compact \| normal \| expanded \| full/],
    [{ sound: 'true' }, /"extras.sound" is "true"; expected boolean/],
    [{ menu: 'no' }, /expected boolean/],
    [{ greeter: true }, /expected an object/],
    [{ greeter: circle }, /has no "circle"; expected text \| delaySecs/],
    [{ sound: circle }, /"extras.sound" is object; expected boolean/],
    [{ sound: 1n }, /is bigint; expected boolean/],
    [{ greeter: { delaySecs: '5' } }, /"extras.greeter.delaySecs" is "5"; expected a number/],
    [{ greeter: { scrollDepth: 50 } }, /expected a number from 0 to 1/],
    [{ greeter: { exitIntent: 'yes' } }, /expected boolean/],
    [{ form: [] }, /expected boolean \| an object/],
    [{ form: { phone: true } }, /"extras.form" has no "phone"; expected name \| email \| consent/],
    [{ form: { consent: 3 } }, /"extras.form.consent" is 3; expected boolean \| a text/],
    [{ voice: { language: 'no such tag' } }, /"extras.voice.language" is "no such tag"; expected a tag/],
    [{ shortcut: 7 }, /expected a key such as Alt\+C/],
    [{ shortcut: 'Super+C' }, /expected a key/],
    [{ hours: { open: { mon: 'always' } } }, /"extras.hours.open.mon" is "always"; expected such as 09:00-17:00/],
    [{ hours: { open: { mon: '25:00-26:00' } } }, /expected such as/],
    [{ hours: { open: { monday: '9-17' } } }, /has no "monday"; expected mon \| tue/],
    [{ hours: { open: '9-17' } }, /"extras.hours.open" is "9-17"/],
    [{ hours: { timeZone: 'Oslo', open: {} } }, /"extras.hours.timeZone" is "Oslo"; expected a zone such as Europe\/Oslo/],
    [{ hours: {} }, /"extras.hours" is \{\}; expected \{ timeZone\?, open/],
    [{ assistants: ['one'] }, /expected true \| a list of two or more ids/],
    [{ assistants: ['one', 2] }, /expected true/],
    [{ followUps: 'Why?' }, /expected a list of texts \| a function/],
    [{ followUps: [] }, /expected a list of texts/],
  ];
  for (const [extras, words] of refused) {
    it(`refuses what has ${words}`, () => {
      const { valid, faults } = checked({ ...extras, unreadInTitle: true });
      assert.match(faults.join(), words);
      // That one only.
      assert.equal(faults.length, 1);
      assert.deepEqual(valid, { unreadInTitle: true });
    });
  }
});

describe('a key in the menu', () => {
  const labels = ['Start over', 'Copy conversation', 'Download', 'Compact', 'Wide'];
  /** @type {[key: string, typed: string, at: number, to: number | undefined][]} */
  const rows = [
    ['ArrowDown', '', 0, 1],
    ['ArrowDown', '', 4, 0],
    ['ArrowUp', '', 0, 4],
    ['ArrowDown', '', -1, 0],
    ['Home', '', 3, 0],
    ['End', '', 1, 4],
    ['c', 'c', 0, 1],
    ['c', 'c', 1, 3],
    ['c', 'c', 3, 1],
    ['c', 'cc', 3, 1],
    ['o', 'co', 1, 1],
    ['m', 'com', 1, 3],
    ['x', 'x', 0, undefined],
    ['Enter', '', 0, undefined],
    [' ', '', 0, undefined],
  ];
  for (const [key, typed, at, to] of rows) it(`${key} after “${typed}” at ${at}`, () => assert.equal(itemFor(key, typed, at, labels), to));
});

describe('a conversation that is kept', () => {
  it('says who said what, and what it rests on', () => {
    const messages = [
      { role: 'user', content: 'Which size? ' },
      { role: 'assistant', content: 'The **larger** one.', sources: [{ title: 'Sizes', url: 'https://shop.example/sizes' }, { title: 'Care' }] },
      { role: 'user', content: 'Thanks', createdAt: '2026-11-24T10:05:00' },
      { role: 'user', content: 'Bye', createdAt: 'never' },
    ];
    assert.equal(
      transcriptOf(messages, { you: 'Sie', assistant: 'Nordvik', locale: 'de' }),
      'Sie:\nWhich size?\n\nNordvik:\nThe **larger** one.\n\n- Sizes: https://shop.example/sizes\n- Care\n\nSie (24.11.2026, 10:05):\nThanks\n\nSie:\nBye\n',
    );
  });

  const day = new Date(2026, 10, 4, 23, 30);
  for (const [name, file] of [['Nordvik helper', 'Nordvik-helper-2026-11-04.txt'], ['../../x"\n', 'x-2026-11-04.txt'], ['مساعد المتجر', 'مساعد-المتجر-2026-11-04.txt'], ['', '2026-11-04.txt']]) {
    it(`is called ${file}`, () => assert.equal(fileNameOf(name, day), file));
  }
});

describe('questions to go on with', () => {
  const messages = [{ role: 'user', content: 'One? ' }, { role: 'assistant', content: 'Two?' }];
  /** @type {[unknown, string[]][]} */
  const rows = [
    [['One?', 'Two?', ' Two? ', '', 7, 'Three?'], ['Two?', 'Three?']],
    [undefined, []],
    ['One?', []],
    [null, []],
  ];
  for (const [offered, shown] of rows) it(`of ${JSON.stringify(offered)}`, () => assert.deepEqual(unasked(offered, messages), shown));
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
