// Where the time of a contestant goes: the browser's own trace of an answer, summed by kind of work, and the functions that a sampler met.

import { ANSWER_BYTES } from '../server.mjs';
import { ask, inPage, open, TOO_LONG } from './measure.mjs';

/** @import { Contestant } from './contestants.mjs' */
/** @import { Setting } from './measure.mjs' */
/** @import { Page } from './page.mjs' */

/** How much is listed. */
const TOP = 16;

/** Between two samples, in microseconds. */
const SAMPLE_EVERY = 250;

const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'blink', 'cc', 'v8', 'v8.wasm', 'disabled-by-default-v8.gc'];

/** @param {Setting} setting @param {Contestant} contestant @returns {Promise<string>} */
export const profile = async (setting, contestant) => {
  const parts = [];
  for (const [name, perSecond] of /** @type {const} */ ([['paced', 200], ['burst', Infinity]])) {
    const plan = { bytes: ANSWER_BYTES, events: 2000, perSecond };
    for (const [how, record] of /** @type {const} */ ([['kinds of work', trace], ['functions', sample]])) {
      /** @type {[string, number][]} */
      let found = [];
      const outcome = await inPage(setting, async (page) => {
        await page.go(setting.address + contestant.page);
        await open(page, contestant);
        const finish = await record(page);
        const figures = await ask(setting, page, contestant, plan);
        found = await finish();
        return figures;
      });
      if (outcome == TOO_LONG) continue;
      const lines = found.slice(0, TOP).map(([what, millis]) => `  ${millis.toFixed(1).padStart(9)} ms  ${what}`);
      parts.push(`${contestant.title}, ${name}: ${how} (${Number(outcome.cpu).toFixed(0)} ms of CPU while recorded)\n${lines.join('\n')}\n`);
    }
  }
  return parts.join('\n');
};

/** @param {Map<string, number>} sums @returns {[string, number][]} */
const sorted = (sums) => [...sums].toSorted(([, a], [, b]) => b - a);

/** Records the functions that run. @param {Page} page */
const sample = async (page) => {
  await page.call('Profiler.enable');
  await page.call('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY });
  await page.call('Profiler.start');
  return async () => {
    const { profile } = await page.call('Profiler.stop');
    const names = new Map();
    for (const { id, callFrame } of profile.nodes) {
      const file = callFrame.url.split('/').pop();
      names.set(id, `${callFrame.functionName || '(anonymous)'}${file ? ` ${file}:${callFrame.lineNumber + 1}:${callFrame.columnNumber + 1}` : ''}`);
    }
    const sums = new Map();
    profile.samples.forEach((/** @type {number} */ id, /** @type {number} */ idx) => {
      const name = names.get(id);
      if (name == '(idle)') return;
      sums.set(name, (sums.get(name) ?? 0) + profile.timeDeltas[idx] / 1000);
    });
    return sorted(sums);
  };
};

/** Records the browser's own trace. @param {Page} page */
const trace = async (page) => {
  /** @type {any[]} */
  const events = [];
  const complete = new Promise((resolve) => {
    page.listen(({ method, params }) => {
      if (method == 'Tracing.dataCollected') events.push(...params.value);
      if (method == 'Tracing.tracingComplete') resolve(undefined);
    });
  });
  await page.call('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: CATEGORIES } });
  return async () => {
    await page.call('Tracing.end');
    await complete;
    return sorted(selfTimes(events));
  };
};

/** What each kind of event on the page's main thread took by itself, in milliseconds of CPU. @param {any[]} events @returns {Map<string, number>} */
const selfTimes = (events) => {
  /** @type {Map<string, any[]>} */
  const threads = new Map();
  const mains = new Set();
  for (const event of events) {
    const thread = `${event.pid}:${event.tid}`;
    if (event.name == 'thread_name' && event.args.name == 'CrRendererMain') mains.add(thread);
    if (event.ph != 'X') continue;
    const known = threads.get(thread);
    if (known) known.push(event);
    else threads.set(thread, [event]);
  }
  const busiest = [...threads].filter(([thread]) => mains.has(thread)).toSorted(([, a], [, b]) => b.length - a.length)[0]?.[1] ?? [];
  busiest.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const sums = new Map();
  /** @type {any[]} */
  const open = [];
  const add = (/** @type {any} */ event, /** @type {number} */ micros) => sums.set(event.name, (sums.get(event.name) ?? 0) + micros / 1000);
  for (const event of busiest) {
    while (open.length > 0 && open.at(-1).ts + open.at(-1).dur <= event.ts) open.pop();
    const micros = event.tdur ?? event.dur ?? 0;
    add(event, micros);
    // What is inside another is not the other's own.
    if (open.length > 0) add(open.at(-1), -micros);
    open.push(event);
  }
  return sums;
};
