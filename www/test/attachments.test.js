// Which files may be attached, what is said about the others, and how an upload is named to a server.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kindsOf, limitsOf, refusalOf, sizeOf, typeOf } from '../attachments/limits.js';
import { nameOf } from '../attachments/upload.js';
import { say, WORDS } from '../attachments/words.js';

const words = { locale: 'en' };

describe('limitsOf', () => {
  const rows = [
    [true, 'images, PDF, text files', 10485760, 5],
    [{}, 'images, PDF, text files', 10485760, 5],
    [{ accept: 'image/*, .PDF', maxSizeBytes: 7, maxFiles: 1 }, 'images, PDF', 7, 1],
    [{ accept: ['.docx', 'video/mp4', 'audio/*', 'text/*'] }, 'DOCX, videos, audio, text files', 10485760, 5],
    [{ accept: '*/*' }, 'all files', 10485760, 5],
    [{ accept: '' }, 'images, PDF, text files', 10485760, 5],
  ];
  for (const [option, kinds, size, files] of rows) {
    it(JSON.stringify(option), () => {
      const limits = limitsOf(/** @type {any} */ (option));
      assert.deepEqual([kindsOf(limits.accept), limits.maxSizeBytes, limits.maxFiles], [kinds, size, files]);
    });
  }
});

describe('refusalOf', () => {
  const limits = limitsOf({ accept: 'image/*,application/pdf,.md', maxSizeBytes: 10 * 1024 * 1024, maxFiles: 2 });
  const allowed = 'Allowed: images, PDF, MD — up to 10 MB.';
  const rows = [
    ['photo.png', 'image/png', 1, 0, undefined],
    ['photo.heic', '', 1, 0, undefined],
    ['REPORT.PDF', '', 1, 1, undefined],
    ['notes.md', '', 1, 0, undefined],
    ['report.exe', 'application/x-msdownload', 1, 0, `report.exe can't be sent here. ${allowed}`],
    ['a.pdf.exe', '', 1, 0, `a.pdf.exe can't be sent here. ${allowed}`],
    ['drawing.svg', 'image/svg+xml', 1, 0, `drawing.svg can't be sent here. ${allowed}`],
    ['folder', '', 0, 0, `folder can't be sent here. ${allowed}`],
    ['photo.png', 'image/png', 0, 0, 'photo.png is empty.'],
    ['photo.png', 'image/png', 10 * 1024 * 1024, 0, undefined],
    ['photo.png', 'image/png', 25 * 1024 * 1024, 0, `photo.png is too large (25 MB). ${allowed}`],
    ['photo.png', 'image/png', 1, 2, 'photo.png was left out: at most 2 files go with one message.'],
  ];
  for (const [name, type, size, nKnown, expected] of rows) {
    it(`${name} ${type} ${size}`, () => {
      assert.equal(refusalOf(/** @type {any} */ ({ name, type, size }), limits, /** @type {any} */ (nKnown), words), expected);
    });
  }
});

it('sizes are written as people read them', () => {
  const rows = [[1, '1 byte'], [900, '900 bytes'], [1500, '1.5 kB'], [34_000, '33 kB'], [1_500_000, '1.4 MB'], [10_485_760, '10 MB']];
  for (const [bytes, expected] of rows) assert.equal(sizeOf(/** @type {any} */ (bytes), 'en'), expected);
  assert.equal(sizeOf(1_500_000, 'de'), '1,4 MB');
});

it('a type follows from the name where the system has another one', () => {
  assert.equal(typeOf({ name: 'a.csv', type: 'application/vnd.ms-excel' }), 'text/csv');
  assert.equal(typeOf({ name: 'a.png', type: 'image/png' }), 'image/png');
  assert.equal(typeOf({ name: 'a', type: 'text/plain;charset=utf-8' }), 'text/plain');
});

it('words may be overridden, and every gap is filled', () => {
  assert.equal(say({ attachRemove: '{name} entfernen' }, 'attachRemove', { name: 'a{b}.pdf' }), 'a{b}.pdf entfernen');
  for (const key of Object.keys(WORDS)) assert.ok(key.startsWith('attach'), key);
});

describe('nameOf', () => {
  /** @type {any} */ (globalThis).document = { baseURI: 'https://shop.example/page' };
  const rows = [
    [{ url: 'https://x.example/a' }, 'chat', { url: 'https://x.example/a' }],
    [{ url: '/files/a' }, 'execute', { url: 'https://shop.example/files/a' }],
    [{ url: 'https://x.example/a', file_id: 'f' }, 'threads', { url: 'https://x.example/a', file_id: 'f' }],
    [{ url: 'https://x.example/a', file_id: 'f' }, 'chat', { url: 'https://x.example/a' }],
    [{ file_id: 'f' }, 'openai', { file_id: 'f' }],
  ];
  for (const [uploaded, dialect, expected] of rows) {
    it(`${dialect} ${JSON.stringify(uploaded)}`, () => assert.deepEqual(nameOf(uploaded, /** @type {any} */ (dialect)), expected));
  }
  for (const [uploaded, dialect, part] of [[{ file_id: 'f' }, 'chat', /no place for a file_id/], [undefined, 'threads', /\{ url \} or \{ file_id \}/], ['x', 'chat', /"x"/]]) {
    it(`${dialect} can not name ${JSON.stringify(uploaded)}`, () => {
      assert.throws(() => nameOf(uploaded, /** @type {any} */ (dialect)), { name: 'TypeError', message: /** @type {any} */ (part) });
    });
  }
});
