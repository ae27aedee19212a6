// `node bench/driver/main.mjs`: what `cargo xtask bench` runs. Progress goes to standard error, the table to standard output.

import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPages } from '../build.mjs';
import { Server } from '../server.mjs';
import { CONTESTANTS } from './contestants.mjs';
import { nothing, TOO_LONG } from './measure.mjs';
import { profile } from './profile.mjs';
import { markdown } from './report.mjs';
import { perform, SCENARIO_NAMES } from './scenarios.mjs';

const NAMES = CONTESTANTS.map(({ name }) => name);

/** How long one measurement may take. */
const LIMIT = { usual: 40_000, full: 300_000 };

const { values } = parseArgs({
  options: {
    dist: { type: 'string', default: 'dist' },
    out: { type: 'string', default: 'target/bench' },
    chromium: { type: 'string', default: 'chromium' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: SCENARIO_NAMES },
    contestant: { type: 'string', multiple: true, default: NAMES },
    full: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
});

/** @param {string} option @param {string[]} given @param {string[]} known */
const refuseUnknown = (option, given, known) => {
  const unknown = given.find((name) => !known.includes(name));
  if (!unknown) return;
  console.error(`unknown ${option} "${unknown}"; expected one of: ${known.join(', ')}`);
  process.exit(2);
};
refuseUnknown('--only', values.only, SCENARIO_NAMES);
refuseUnknown('--contestant', values.contestant, NAMES);
const runs = Number(values.runs);
if (!(Number.isInteger(runs) && runs > 0)) {
  console.error(`--runs ${values.runs}: expected a whole number from 1 on`);
  process.exit(2);
}

const pages = join(values.out, 'pages');
await buildPages(pages);
const server = new Server([values.dist, pages]);
const setting = { chromium: values.chromium, server, address: await server.start(), limit: values.full ? LIMIT.full : LIMIT.usual };

if (values.profile) {
  for (const contestant of CONTESTANTS.filter(({ name }) => values.contestant.includes(name))) console.log(await profile(setting, contestant));
} else {
  const empty = await nothing(setting);
  const machine = {
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    browser: execFileSync(values.chromium, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim(),
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    emptyPageCpuPerSecond: empty == TOO_LONG ? NaN : (empty.cpuPerSecond ?? NaN),
  };
  const rows = await perform(
    setting,
    { runs, isFull: values.full, scenarios: values.only, contestants: values.contestant },
    (line) => console.error(`  ${line}`),
  );
  const results = join(values.out, 'results.json');
  await mkdir(dirname(results), { recursive: true });
  await writeFile(results, `${JSON.stringify({ machine, rows }, null, 1)}\n`);
  console.log(markdown(machine, rows));
  console.error(`  every figure of every run: ${results}`);
}
server.stop();
