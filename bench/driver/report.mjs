// Medians as Markdown tables, and what they say about the targets. Knows figures; measures nothing.

import { CONTESTANTS } from './contestants.mjs';
import { targets } from './targets.mjs';

/** @import { Row } from './scenarios.mjs' */

/** @typedef {{ cores: number, processor: string, browser: string, node: string, date: string, emptyPageCpuPerSecond: number }} Machine */

/** @param {Row | undefined} row @param {string} name @returns {number} the median of the runs; NaN if there is none */
export const median = (row, name) => {
  const values = (row?.runs ?? []).map((figures) => figures[name] ?? NaN).toSorted((a, b) => a - b);
  const middle = values.length >> 1;
  if (values.length == 0) return NaN;
  return values.length % 2 == 1 ? Number(values[middle]) : (Number(values[middle - 1]) + Number(values[middle])) / 2;
};

const ms = (/** @type {number} */ value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`);
const mb = (/** @type {number} */ value) => `${(value / 1e6).toFixed(1)} MB`;
const kb = (/** @type {number} */ value) => `${(value / 1024).toFixed(1)} KiB`;
const count = (/** @type {number} */ value) => value.toLocaleString('en');

/** @typedef {[title: string, cell: (of: (name: string) => number) => string]} Column */

/** @type {Column[]} */
const STREAM = [
  ['CPU', (of) => `**${ms(of('cpu'))}**`],
  ['script, style, layout', (of) => [of('script'), of('style'), of('layout')].map(ms).join(', ')],
  ['long tasks (worst)', (of) => (of('longTasks') == 0 ? '0' : `${count(of('longTasks'))} (${ms(of('longestTask'))})`)],
  ['frame gap p99, worst', (of) => `${ms(of('gapP99'))}, ${ms(of('gapWorst'))}`],
  ['last byte → visible', (of) => ms(of('visible'))],
  ['heap', (of) => mb(of('heap'))],
  ['wasm', (of) => (of('wasm') == 0 ? '–' : mb(of('wasm')))],
  ['nodes', (of) => count(of('nodes'))],
];

/** @type {Column[]} */
const BOOT = [
  ['CPU', (of) => `**${ms(of('cpu'))}**`],
  ['first paint', (of) => ms(of('firstPaint'))],
  ['usable', (of) => ms(of('usable'))],
  ['heap', (of) => mb(of('heap'))],
  ['wasm', (of) => (of('wasm') == 0 ? '–' : mb(of('wasm')))],
];

/** @type {Column[]} */
const HISTORY = [
  ['open', (of) => `**${ms(of('open'))}**`],
  ['CPU to open (longest task)', (of) => `${ms(of('openCpu'))} (${ms(of('openLongest'))})`],
  ['CPU of 5 KB more', (of) => `**${ms(of('streamCpu'))}**`],
  ['frame gap p99', (of) => ms(of('streamGapP99'))],
  ['heap', (of) => mb(of('heap'))],
  ['wasm', (of) => (of('wasm') == 0 ? '–' : mb(of('wasm')))],
  ['nodes', (of) => count(of('nodes'))],
];

const percent = (/** @type {number} */ value) => `${(value * 100).toFixed(1)} %`;

/** @param {string} title @param {string} phase @returns {Column[]} */
const FRAMES = (title, phase) => [
  [`${title}: gap p50, p95, p99`, (of) => (Number.isNaN(of(phase + 'P50')) ? '–' : ['P50', 'P95', 'P99'].map((name) => ms(of(phase + name))).join(', '))],
  ['over 16.7, over 33 ms', (of) => (Number.isNaN(of(phase + 'P50')) ? '–' : ['Late', 'Lost'].map((name) => percent(of(phase + name))).join(', '))],
];

/** @type {Column[]} */
const PHONE = [...FRAMES('open', 'open'), ...FRAMES('stream', 'stream'), ...FRAMES('scroll', 'scroll'), ['longest task', (of) => ms(of('longestTask'))]];

/** @type {Column[]} */
const COST = [
  ['largest contentful paint', (of) => ms(of('paint'))],
  ['layout shift', (of) => of('shift').toFixed(4)],
  ['blocking time', (of) => ms(of('blocked'))],
  ['CPU', (of) => ms(of('cpu'))],
];

/**
 * What the second row has more than the first, run by run: the median, and from the least to the most.
 *
 * @param {Row[]} rows
 * @param {string} name
 */
const difference = ([without, having], name) => {
  const pairs = (having?.runs ?? []).map((figures, idx) => (figures[name] ?? NaN) - (without?.runs[idx]?.[name] ?? NaN)).toSorted((a, b) => a - b);
  const middle = pairs.length >> 1;
  const half = pairs.length % 2 == 1 ? pairs[middle] : (Number(pairs[middle - 1]) + Number(pairs[middle])) / 2;
  return [half, pairs[0], pairs.at(-1)].map((value) => (name == 'shift' ? Number(value).toFixed(4) : Number(value).toFixed(1)));
};

/** @param {string} title @param {string[]} head @param {string[][]} lines */
const table = (title, head, lines) =>
  [`**${title}**`, '', `| ${head.join(' | ')} |`, `| ${head.map((_, idx) => (idx == 0 ? '---' : '---:')).join(' | ')} |`, ...lines.map((cells) => `| ${cells.join(' | ')} |`), ''].join('\n');

/** @param {Row} row @param {Column[]} columns */
const cells = (row, columns) =>
  columns.map(([, cell], idx) => {
    if (row.runs.length > 0) return cell((name) => median(row, name));
    return idx == 0 && row.isTooLong ? 'gave up' : '';
  });

/** @param {string} name */
const titleOf = (name) => CONTESTANTS.find((contestant) => contestant.name == name)?.title ?? name;

/** @param {Machine} machine @param {Row[]} rows @returns {string} */
export const markdown = (machine, rows) => {
  const of = (/** @type {string} */ scenario) => rows.filter((row) => row.scenario == scenario);
  /** @param {string} scenario @param {string} title @param {Column[]} columns */
  const simple = (scenario, title, columns) => {
    const lines = of(scenario)
      .filter(({ label }) => label == scenario)
      .map((row) => [titleOf(row.contestant), ...cells(row, columns)]);
    return lines.length > 0 ? table(title, ['', ...columns.map(([head]) => head)], lines) : '';
  };
  const bytesOf = (/** @type {string} */ name) => median(of('boot').find(({ contestant, label }) => contestant == name && label == 'download'), 'bytes');
  const booted = of('boot').filter(({ label }) => label == 'boot');
  const bootTable = booted.map((row) => [titleOf(row.contestant), ...cells(row, BOOT), kb(bytesOf(row.contestant))]);
  const sizes = [...new Set(of('growth').map(({ label }) => label))];
  const growing = [...new Set(of('growth').map(({ contestant }) => contestant))].map((name) => [
    titleOf(name),
    ...sizes.map((size) => {
      const row = of('growth').find(({ contestant, label }) => contestant == name && label == size);
      const cpu = median(row, 'cpu');
      return Number.isNaN(cpu) ? 'gave up' : `${ms(cpu)} (${(cpu / Number(size)).toFixed(2)})`;
    }),
  ]);
  const remembered = of('history').map((row) => [`${titleOf(row.contestant)}, ${count(Number(row.label))}`, ...cells(row, HISTORY)]);
  const paid = of('cost').map((row) => [`${row.label} the script tag`, ...cells(row, COST)]);
  if (paid.length > 0) {
    const more = ['paint', 'shift', 'blocked', 'cpu'].map((name) => difference(of('cost'), name));
    paid.push(['difference of each pair: median, from … to', ...more.map(([half, least, most]) => `${half}, ${least} … ${most}`)]);
  }
  const verdicts = targets(rows).map(({ what, target, measured, isMet }) => [what, target, measured, isMet ? 'met' : '**missed**']);
  const nRuns = Math.max(0, ...rows.map(({ runs }) => runs.length));
  return [
    `Measured on ${machine.date}: ${machine.cores} cores (${machine.processor}), ${machine.browser}, headless. Medians of ${nRuns} runs (of fewer where one takes longer than 15 s);`,
    `CPU is the main thread's own time. An empty page with the probe in it takes ${ms(machine.emptyPageCpuPerSecond)} of CPU a second; it is part of every figure.`,
    '',
    simple('paced', 'A 21 KB Markdown answer in 2,000 events at 200 a second', STREAM),
    simple('throttled', 'The same answer at the same pace on a processor made 4 times slower', STREAM),
    simple('burst', 'The same answer, all events at once', STREAM),
    simple('phone', 'Frames on a telephone, its processor 4 times slower, with 500 earlier messages', PHONE),
    growing.length > 0 ? table('CPU of answers that arrive at once (a KB)', ['', ...sizes.map((size) => `${size} KB`)], growing) : '',
    booted.length > 0 ? table('From the address to an input that takes the focus', ['', ...BOOT.map(([head]) => head), 'brotli'], bootTable) : '',
    remembered.length > 0 ? table('With earlier messages', ['', ...HISTORY.map(([head]) => head)], remembered) : '',
    paid.length > 0 ? table('What a page pays for a widget that nobody uses', ['', ...COST.map(([head]) => head)], paid) : '',
    verdicts.length > 0 ? table('Targets', ['', 'target', 'measured', ''], verdicts) : '',
  ]
    .filter((part, idx) => part || idx < 3)
    .join('\n');
};
