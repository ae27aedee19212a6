// What we want of ourselves, and whether the figures say so. Printed, never asserted: a busy machine is no broken widget.

import { median } from './report.mjs';

/** @import { Row } from './scenarios.mjs' */

/** @typedef {{ what: string, target: string, measured: string, isMet: boolean }} Verdict */

/** One frame at 60 a second, and 16 ms. */
const FRAME_AND_16 = 1000 / 60 + 16;
const BOOT_BYTES = 85 * 1024;

/** Returns the verdicts on all that was measured. @param {Row[]} rows @returns {Verdict[]} */
export const targets = (rows) => {
  /** @param {string} scenario @param {string} contestant @param {string} label @param {string} name */
  const of = (scenario, contestant, label, name) =>
    median(rows.find((row) => row.scenario == scenario && row.contestant == contestant && row.label == label), name);
  /** @param {string} scenario @param {string} name @param {string} [label] */
  const ours = (scenario, name, label = scenario) => of(scenario, 'assisters', label, name);
  /** @param {string} scenario @param {string} name @param {string} [label] */
  const floor = (scenario, name, label = scenario) => of(scenario, 'floor', label, name);

  /** @type {Verdict[]} */
  const verdicts = [];
  /** @param {string} what @param {number} value @param {number} limit @param {string} unit @param {number} [digits] */
  const atMost = (what, value, limit, unit, digits = 0) => {
    if (Number.isNaN(value)) return;
    // As it is printed: 20.04 ms is 20 ms.
    const isMet = Number(value.toFixed(digits)) <= Number(limit.toFixed(digits));
    verdicts.push({ what, target: `≤ ${limit.toFixed(digits)}${unit}`, measured: `${value.toFixed(digits)}${unit}`, isMet });
  };
  const perKb = (/** @type {string} */ size) => ours('growth', 'cpu', size) / Number(size);

  atMost('paced: CPU', ours('paced', 'cpu') / floor('paced', 'cpu'), 0.8, ' × floor', 2);
  atMost('paced: long tasks', ours('paced', 'longTasks'), 0, '');
  atMost('paced: frame gap p99', ours('paced', 'gapP99'), 20, ' ms');
  atMost('paced: last byte → visible', ours('paced', 'visible'), FRAME_AND_16, ' ms');
  atMost('4 × slower: longest task', ours('throttled', 'longestTask'), 100, ' ms');
  atMost('telephone, 4 × slower: frame gap p95 while streaming', ours('phone', 'streamP95'), 17.7, ' ms', 1);
  atMost('telephone, 4 × slower: frame gap p95 while scrolling', ours('phone', 'scrollP95'), 17.7, ' ms', 1);
  atMost('burst: CPU', ours('burst', 'cpu') / floor('burst', 'cpu'), 2, ' × floor', 2);
  atMost('burst: CPU per KB, 500 KB to 10 KB', perKb('500') / perKb('10'), 1.3, ' ×', 2);
  atMost('boot: CPU', ours('boot', 'cpu'), 60, ' ms');
  atMost("boot: first paint to the floor's", ours('boot', 'firstPaint') / floor('boot', 'firstPaint'), 1, ' ×', 2);
  atMost('boot: brotli bytes', ours('boot', 'bytes', 'download'), BOOT_BYTES, '');
  atMost('5,000 messages: open', ours('history', 'open', '5000'), 400, ' ms');
  atMost('5,000 messages: CPU of 5 KB more', ours('history', 'streamCpu', '5000') / ours('history', 'streamCpu', '0'), 1.3, ' × empty', 2);
  atMost('10,000 messages: open', ours('history', 'open', '10000') / ours('history', 'open', '0'), 1.5, ' × empty', 2);
  return verdicts;
};
