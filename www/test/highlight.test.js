// The highlighter's grammars, and its colours on the surfaces that src/config/theme.rs gives code.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { KIND_NAMES, tokenize } from '../engine/grammars.js';
import { LANGUAGES } from '../engine/languages.js';

/** @param {string} text @param {string} language */
const pieces = (text, language) => tokenize(text, language).map(({ kind, start, end }) => `${kind}:${text.slice(start, end)}`);

describe('tokenize', () => {
  const rows = [
    ['const x = 1; // one', 'javascript', ['keyword:const', 'number:1', 'comment:// one']],
    ['let s = "a";', 'rust', ['keyword:let', 'string:"a"']],
    ['def f(): pass', 'python', ['keyword:def', 'function:f', 'keyword:pass']],
    ['{"a": true}', 'json', ['property:"a"', 'keyword:true']],
    ['SELECT 1', 'sql', ['keyword:SELECT', 'number:1']],
    ['echo "hi"', 'bash', ['type:echo', 'string:"hi"']],
    ['<b title="x">y</b>', 'markup', ['keyword:b', 'property:title', 'string:x', 'keyword:b']],
    ['plain words', 'yaml', []],
  ];
  for (const [text, language, expected] of rows) {
    it(`${language}: ${text}`, () => assert.deepEqual(pieces(text, language), expected));
  }

  for (const grammar of new Set(LANGUAGES.values())) {
    it(`${grammar} covers no text twice and none that is not there`, () => {
      const text = 'fn main() { let a = "x"; } // end\n# note\n<a b="c">1</a>\nkey: [1, 2.5]\n';
      let last = 0;
      for (const { kind, start, end } of tokenize(text, grammar)) {
        assert.ok(start >= last && end > start && end <= text.length && KIND_NAMES.includes(kind), `${kind} ${start} ${end}`);
        last = end;
      }
    });
  }
});

describe('colours', () => {
  /** @param {string} hex */
  const luminance = (hex) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** @param {string} a @param {string} b */
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const css = readFileSync(new URL('../../styles/highlight.css', import.meta.url), 'utf8');
  const rules = [...css.matchAll(/(\[data-theme="dark"\] )?\.code code::highlight\(assisters-(\w+)\) \{\s*color: (#\w{6})/g)];
  it('there is one of each kind for either theme', () => {
    for (const theme of [undefined, '[data-theme="dark"] ']) {
      assert.deepEqual(rules.filter((rule) => rule[1] == theme).map((rule) => rule[2]), KIND_NAMES);
    }
  });
  for (const [, dark, kind, color] of rules) {
    // The lightest and the darkest that a brand's tint makes of it.
    for (const surface of dark ? ['#0d0f14', '#101010', '#0b0e13'] : ['#f5f6f9', '#f7f7f7', '#f4f5f7']) {
      it(`${kind} ${color} can be read on ${surface}`, () => assert.ok(contrast(color, surface) >= 4.5, contrast(color, surface).toFixed(2)));
    }
  }
});
