// What the demo's playground writes for owners to copy, and what it warns of.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contrast, frame, react, scriptTag, warningsOf } from '../demo/snippets.js';

const options = { theme: { mode: 'dark', radius: '8px' }, title: 'Say "hi"', buttonSize: 64, attachments: true, position: 'top-left' };

describe('a snippet', () => {
  it('is a script tag whose attributes are quoted', () => {
    const tag = scriptTag(options, 'https://chat.example');
    assert.match(tag, /^<script src="https:\/\/chat.example\/assisters.js"\n {2}data-assistant="shop-assistant"/);
    assert.match(tag, /data-title="Say &quot;hi&quot;"/);
    assert.match(tag, /data-theme="{&quot;mode&quot;:&quot;dark&quot;/);
    assert.match(tag, /data-button-size="64"/);
  });
  it('is an element of React', () => {
    const code = react(options, 'https://chat.example');
    for (const part of ['title={"Say \\"hi\\""}', 'buttonSize={64}', '\n  attachments\n', 'position="top-left"', 'apiUrl="https://chat.example/v1"']) assert.ok(code.includes(part), code);
  });
  it('is a frame, without what a frame can not do', () => {
    const code = frame(options, 'https://chat.example');
    assert.match(code, /title=Say\+%22hi%22/);
    assert.doesNotMatch(code, /position|buttonSize/);
  });
});

describe('warnings', () => {
  /** @type {[Record<string, any>, RegExp[]][]} */
  const rows = [
    [{}, []],
    [{ theme: 'dark', primaryColor: '#ffff00' }, []],
    [{ apiKey: 'sk-1' }, [/key in the page/]],
    [{ headers: { Authorization: 'x' } }, [/look like a secret/]],
    [{ theme: { mode: 'light', text: '#888888' } }, [/`text` on `surface` has a contrast of 3.5 in light/, /surfaceRaised/]],
    [{ theme: { mode: 'dark', surface: '#000000', text: '#ffffff' } }, []],
    [{ theme: { text: 'var(--ink)' } }, []],
  ];
  for (const [given, expected] of rows) {
    it(JSON.stringify(given), () => {
      const warnings = warningsOf(given);
      assert.equal(warnings.length, expected.length, warnings.join('\n'));
      expected.forEach((words, idx) => assert.match(warnings[idx], words));
    });
  }
  it('measure as WCAG does', () => assert.equal(contrast('#767676', '#ffffff').toFixed(2), '4.54'));
});
