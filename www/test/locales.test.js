// The words of every language: none is missing, none is for nothing, gaps and forms of number are those that the language needs.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { WORDS as OF_FILES } from '../attachments/words.js';
import { WORDS as OF_COMFORTS } from '../comfort/words.js';
import { formFor } from '../engine/plural.js';
import { PHRASES } from '../fallback/phrases.js';

globalThis.__LOCALES__ = Object.fromEntries(
  readdirSync(new URL('../locales/', import.meta.url)).filter((name) => name != 'en.json').map((name) => [name.slice(0, -5), [name, 'hash']]),
);
const { languageFor, served } = await import('../engine/locales.js');

/** Tag → words. @type {Record<string, Record<string, any>>} */
const LOCALES = {};
for (const tag of ['en', ...Object.keys(__LOCALES__)]) LOCALES[tag] = JSON.parse(readFileSync(new URL(`../locales/${tag}.json`, import.meta.url), 'utf8'));

/** Phrases of the program, as its table has them: `Variant, "key", "English";`. */
const OF_PROGRAM = Object.fromEntries(
  [...readFileSync(new URL('../../src/config/strings.rs', import.meta.url), 'utf8').matchAll(/^ {4}\w+, "(\w+)", "(.+)";$/gm)].map(([, key, english]) => [key, english]),
);

/** Everything that is said, in English. */
const TOLD = { crashed: 'Chat stopped working', restart: 'Restart', ...OF_PROGRAM, ...PHRASES, ...OF_FILES, ...OF_COMFORTS };

/** @param {string | Record<string, string>} forms @returns {string[]} */
const formsOf = (forms) => (typeof forms == 'string' ? [forms] : Object.values(forms));

/** @param {string} text */
const gapsIn = (text) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort().join(' ');

it('there are twenty languages', () => {
  assert.equal(Object.keys(LOCALES).sort().join(' '), 'ar cs da de en es fr he hi it ja ko nl pl pt-BR ru sv tr uk zh-CN');
});

describe('English', () => {
  it('has no word that nobody says', () => assert.deepEqual(Object.keys(LOCALES.en).sort(), Object.keys(TOLD).sort()));

  it('is what the program and the shell say', () => {
    assert.ok(Object.keys(OF_PROGRAM).length > 40);
    for (const [key, english] of Object.entries(TOLD)) {
      // A phrase of the program has one form, the last resort of every language.
      const told = key in OF_PROGRAM ? formsOf(LOCALES.en[key]).at(-1) : LOCALES.en[key];
      assert.deepEqual(told, english, key);
    }
  });
});

for (const [tag, words] of Object.entries(LOCALES)) {
  describe(tag, () => {
    it('has every phrase and no other', () => assert.deepEqual(Object.keys(words), Object.keys(LOCALES.en)));

    it('says something in each, with the gaps that English has', () => {
      for (const [key, forms] of Object.entries(words)) {
        const expected = gapsIn(formsOf(LOCALES.en[key]).at(-1) || '');
        for (const form of formsOf(forms)) assert.ok(form.trim() == form && form, key);
        assert.equal(gapsIn(formsOf(forms).at(-1) || ''), expected, key);
        // "One new message" needs no figure.
        for (const form of formsOf(forms)) assert.ok([expected, gapsIn(expected.replace('{count}', ''))].includes(gapsIn(form)), `${key}: ${form}`);
      }
    });

    it('has a form for each kind of number that the language knows', () => {
      const { pluralCategories } = new Intl.PluralRules(tag).resolvedOptions();
      for (const [key, forms] of Object.entries(words)) {
        const isCounted = typeof LOCALES.en[key] != 'string' || key == 'newMessages';
        if (typeof forms != 'string') assert.deepEqual(Object.keys(forms).sort(), [...pluralCategories].sort(), key);
        else assert.ok(!isCounted || key == 'newMessages', key);
      }
    });

    if (tag != 'en')
      it('is translated', () => {
        const same = Object.keys(words).filter((key) => JSON.stringify(words[key]) == JSON.stringify(LOCALES.en[key]));
        assert.ok(same.length < 8, same.join(' '));
      });
  });
}

describe('a language', () => {
  /** @type {[wanted: string[], given: string | undefined, locale: string, tag?: string][]} */
  const rows = [
    [['de'], undefined, 'de', 'de'],
    [['de-AT', 'en'], undefined, 'de-AT', 'de'],
    [['pt'], undefined, 'pt', 'pt-BR'],
    [['pt-PT'], undefined, 'pt-PT', 'pt-BR'],
    [['zh-Hant-TW'], undefined, 'zh-Hant-TW', 'zh-CN'],
    [['iw'], undefined, 'iw', 'he'],
    [['fi', 'sv', 'en'], undefined, 'sv', 'sv'],
    [['fi', 'en-GB', 'sv'], undefined, 'en-GB'],
    [['fi'], undefined, 'en'],
    // The owner's own: with `strings` it may be any.
    [['fi'], 'fi', 'fi'],
    [['x'], 'x', 'x'],
  ];
  for (const [wanted, given, locale, tag] of rows) {
    it(`for ${wanted} is ${locale} in the words of ${tag || 'the program'}`, async () => {
      const fetched = /** @type {string[]} */ ([]);
      const language = await languageFor(wanted, given, async (name, [file]) => {
        fetched.push(name);
        return new Response(JSON.stringify({ file }));
      });
      assert.deepEqual(language, tag ? { locale, words: { file: tag + '.json' } } : { locale });
      assert.deepEqual(fetched, tag ? ['locale-' + tag] : []);
    });
  }

  it('is none for a tag that is none', () => assert.equal(served('', ['de']), undefined));
});

describe('a form', () => {
  const { newMessages } = LOCALES.pl;
  for (const [count, form] of [[1, newMessages.one], [3, newMessages.few], [5, newMessages.many], [22, newMessages.few], [1.5, newMessages.other]]) {
    it(`of ${count} is “${form}”`, () => assert.equal(formFor(newMessages, count, 'pl'), form));
  }
  it('that the words do not have is the last resort', () => assert.equal(formFor({ other: 'x' }, 1, 'en'), 'x'));
});
