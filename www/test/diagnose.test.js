// Why an address can not be reached, where no server of the tests can show it: an encrypted page that asks one that is not.

import assert from 'node:assert/strict';
import test from 'node:test';

import { whyUnreachable } from '../diagnose/reach.js';

/** @param {{ page: string, answering: string[], isOnline?: boolean }} world */
const inWorld = ({ page, answering, isOnline = true }) => {
  const { protocol, origin } = new URL(page);
  Object.assign(globalThis, {
    location: { protocol, origin },
    fetch: async (/** @type {URL | string} */ url) => {
      if (!answering.includes(String(url))) throw new TypeError('Failed to fetch');
    },
  });
  Object.defineProperty(globalThis, 'navigator', { value: { onLine: isOnline }, configurable: true });
};

const API = 'http://chat.example/v1/visitor-tokens';

for (const [what, world, api, code] of /** @type {const} */ ([
  ['not encrypted', { page: 'https://shop.example/', answering: [API] }, API, 'mixed-content'],
  ['neither is encrypted', { page: 'http://shop.example/', answering: [API] }, API, 'cors'],
  ['both are encrypted', { page: 'https://shop.example/', answering: [] }, 'https://chat.example/v1', 'unreachable'],
  ['sorted out', { page: 'https://shop.example/', answering: ['https://chat.example/'] }, 'https://chat.example/v1', 'blocked'],
  ['no connection', { page: 'https://shop.example/', answering: [], isOnline: false }, API, 'offline'],
])) {
  test(`unreachable: ${what}`, async () => {
    inWorld({ ...world, answering: [...world.answering] });
    const finding = await whyUnreachable(new URL(api), 'cause');
    assert.equal(finding.code, code);
    assert.ok(finding.problem && finding.fix);
  });
}
