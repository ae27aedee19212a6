// What is measured, of whom, and the order: contestants take turns run by run, so that a machine that grows slower is unjust to none.

import { ANSWER_BYTES } from '../server.mjs';
import { boot, cost, download, history, phone, stream, TOO_LONG } from './measure.mjs';
import { CONTESTANTS } from './contestants.mjs';

/** @import { Contestant } from './contestants.mjs' */
/** @import { Figures, Setting } from './measure.mjs' */

/** The letters in one event: 21 KB in 2,000 events. */
const BYTES_PER_EVENT = ANSWER_BYTES / 2000;

/** A contestant that takes longer than this is measured once only, unless everything is asked for. */
const PATIENCE = 15_000;

/**
 * @typedef {object} Case one row of figures
 * @property {string} scenario
 * @property {string} label
 * @property {Contestant} contestant
 * @property {(setting: Setting) => Promise<Figures | typeof TOO_LONG>} measure
 */

/** @typedef {{ scenario: string, label: string, contestant: string, runs: Figures[], isTooLong: boolean }} Row */

/** Whether a contestant is itself in a scenario that has nothing to do with painting. @param {Contestant} contestant */
const isItself = ({ name }) => name != 'eager-floor';

/** @param {number} bytes @param {number} perSecond */
const plan = (bytes, perSecond) => ({ bytes, events: Math.round(bytes / BYTES_PER_EVENT), perSecond });

/** @type {Record<string, (contestant: Contestant, isFull: boolean) => Omit<Case, 'scenario' | 'contestant'>[]>} */
const SCENARIOS = {
  boot: (contestant) =>
    isItself(contestant)
      ? [
          { label: 'boot', measure: (setting) => boot(setting, contestant) },
          { label: 'download', measure: (setting) => download(setting, contestant) },
        ]
      : [],
  paced: (contestant) => [{ label: 'paced', measure: (setting) => stream(setting, contestant, plan(ANSWER_BYTES, 200)) }],
  throttled: (contestant, isFull) =>
    isFull || ['assisters', 'floor', 'streamdown'].includes(contestant.name)
      ? [{ label: 'throttled', measure: (setting) => stream(setting, contestant, plan(ANSWER_BYTES, 200), 4) }]
      : [],
  burst: (contestant) => [{ label: 'burst', measure: (setting) => stream(setting, contestant, plan(ANSWER_BYTES, Infinity)) }],
  growth: (contestant, isFull) =>
    (isFull || ['assisters', 'floor'].includes(contestant.name) ? [10, 50, 100, 500] : []).map((kilobytes) => ({
      label: String(kilobytes),
      measure: (setting) => stream(setting, contestant, plan(kilobytes * 1024, Infinity)),
    })),
  history: (contestant, isFull) =>
    (!isItself(contestant) ? [] : isFull || ['assisters', 'floor'].includes(contestant.name) ? [0, 5_000, 10_000] : [0, 5_000]).map((nMessages) => ({
      label: String(nMessages),
      measure: (setting) => history(setting, contestant, nMessages),
    })),
  phone: (contestant, isFull) =>
    isFull || ['assisters', 'floor', 'streamdown'].includes(contestant.name)
      ? [{ label: 'phone', measure: (setting) => phone(setting, contestant, 500, plan(6 * 1024, 150)) }]
      : [],
  // Only ours: the page itself is what it is compared with, in turns.
  cost: (contestant) =>
    contestant.name == 'assisters'
      ? [
          { label: 'without', measure: (setting) => cost(setting, '/article.html') },
          { label: 'with', measure: (setting) => cost(setting, '/article-with-widget.html') },
        ]
      : [],
};

export const SCENARIO_NAMES = Object.keys(SCENARIOS);

/**
 * @param {Setting} setting
 * @param {{ runs: number, isFull: boolean, scenarios: string[], contestants: string[] }} choice
 * @param {(line: string) => void} report
 * @returns {Promise<Row[]>}
 */
export const perform = async (setting, { runs, isFull, scenarios, contestants }, report) => {
  const chosen = CONTESTANTS.filter(({ name }) => contestants.includes(name));
  /** @type {Row[]} */
  const rows = [];
  for (const scenario of scenarios) {
    const cases = chosen.flatMap((contestant) => {
      const cases = SCENARIOS[scenario]?.(contestant, isFull) ?? [];
      return cases.map(({ label, measure }) => ({ row: { scenario, label, contestant: contestant.name, runs: [], isTooLong: false }, measure }));
    });
    /** @type {Set<Row>} */
    const finished = new Set();
    for (let run = 1; run <= runs; run += 1) {
      for (const { row, measure } of cases) {
        // How much is downloaded is no matter of chance.
        if (finished.has(row)) continue;
        const startedAt = performance.now();
        const figures = await measure(setting);
        const took = performance.now() - startedAt;
        if (figures == TOO_LONG) row.isTooLong = true;
        else /** @type {Figures[]} */ (row.runs).push(figures);
        if (row.label == 'download' || (took > PATIENCE && !isFull) || row.isTooLong) finished.add(row);
        report(`${scenario.padEnd(10)}${row.label.padEnd(11)}${row.contestant.padEnd(12)}run ${run} of ${runs}  ${(took / 1000).toFixed(1).padStart(5)} s`);
      }
    }
    rows.push(...cases.map(({ row }) => row));
  }
  return rows;
};
