// The measurements: each starts a browser, does what a visitor does, and returns figures. Times are milliseconds, sizes are bytes.

import { MARK } from '../server.mjs';
import { between, Page } from './page.mjs';

/** @import { Contestant } from './contestants.mjs' */
/** @import { Plan, Server } from '../server.mjs' */

/**
 * @typedef {object} Setting
 * @property {string} chromium
 * @property {Server} server
 * @property {string} address of the server
 * @property {number} limit how long one measurement may take
 */

/** @typedef {Record<string, number>} Figures */

const QUESTION = 'What should I know about my order?';

/** What a measurement is that took too long. */
export const TOO_LONG = 'too long';

/**
 * Runs a measurement in a browser of its own; after the limit the browser is ended.
 *
 * @param {Setting} setting
 * @param {(page: Page) => Promise<Figures>} measure
 * @returns {Promise<Figures | typeof TOO_LONG>}
 */
export const inPage = async (setting, measure) => {
  const page = await Page.open(setting.chromium);
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    page.close();
  }, setting.limit);
  try {
    return await measure(page);
  } catch (error) {
    if (isOver) return TOO_LONG;
    throw error;
  } finally {
    clearTimeout(timer);
    await page.close();
  }
};

/** Opens the chat as a visitor does. @param {Page} page @param {Contestant} contestant */
export const open = async (page, { launcher, input }) => {
  if (launcher) await page.click(await page.probe('shown', launcher));
  return page.probe('usable', input);
};

/** @param {number[]} numbers @param {number} share @returns {number} */
const quantile = (numbers, share) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

/**
 * Types a question, sends it, and measures until the last of the answer has been seen.
 *
 * @param {Setting} setting
 * @param {Page} page
 * @param {Contestant} contestant
 * @param {Plan} plan
 * @returns {Promise<Figures>}
 */
export const ask = async ({ server }, page, { transcript }, plan) => {
  server.plan = plan;
  const ahead = await page.probe('clock');
  await page.type(QUESTION);
  await page.probe('start');
  const before = await page.counters();
  await page.pressEnter();
  const { time } = await page.probe('says', transcript, MARK);
  const after = await page.counters();
  const { gaps, longTasks } = await page.probe('stop');
  return {
    ...between(before, after),
    longTasks: longTasks.length,
    longestTask: Math.max(0, ...longTasks),
    gapP99: quantile(gaps, 0.99),
    gapWorst: Math.max(0, ...gaps),
    frames: gaps.length,
    visible: time + ahead - server.lastByteAt,
  };
};

/**
 * One answer in an empty conversation.
 *
 * @param {Setting} setting
 * @param {Contestant} contestant
 * @param {Plan} plan
 * @param {number} [slowdown] how many times slower the processor is made
 */
export const stream = (setting, contestant, plan, slowdown = 1) =>
  inPage(setting, async (page) => {
    await page.go(setting.address + contestant.page);
    await open(page, contestant);
    if (slowdown > 1) await page.call('Emulation.setCPUThrottlingRate', { rate: slowdown });
    const figures = await ask(setting, page, contestant, plan);
    if (slowdown > 1) await page.call('Emulation.setCPUThrottlingRate', { rate: 1 });
    return { ...figures, ...(await page.memory()) };
  });

/** From the address to an input that takes the focus. @param {Setting} setting @param {Contestant} contestant */
export const boot = (setting, contestant) =>
  inPage(setting, async (page) => {
    // From another page of the same site, so that the process has been started and both readings are its own.
    await page.go(`${setting.address}/blank.html`);
    await page.probe('shown', 'html');
    const before = await page.counters();
    await page.go(setting.address + contestant.page);
    const { time } = await open(page, contestant);
    const after = await page.counters();
    return { ...between(before, after), usable: time, firstPaint: await page.probe('firstPaint'), ...(await page.memory()) };
  });

/** What is downloaded until the input takes the focus; by itself, because watching the network costs time. @param {Setting} setting @param {Contestant} contestant */
export const download = (setting, contestant) =>
  inPage(setting, async (page) => {
    await page.watchNetwork();
    await page.go(setting.address + contestant.page);
    await open(page, contestant);
    return { bytes: page.receivedBytes };
  });

/** What a page costs by itself, with the probe in it, for each second. @param {Setting} setting */
export const nothing = (setting) =>
  inPage(setting, async (page) => {
    await page.go(`${setting.address}/blank.html`);
    await page.probe('shown', 'html');
    await page.probe('start');
    const before = await page.counters();
    const seconds = 3;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const after = await page.counters();
    return { cpuPerSecond: (after.cpu - before.cpu) / seconds };
  });

/**
 * Opens a conversation with earlier messages, then streams 5 KB more.
 *
 * @param {Setting} setting
 * @param {Contestant} contestant
 * @param {number} nMessages
 */
export const history = (setting, contestant, nMessages) =>
  inPage(setting, async (page) => {
    await page.go(`${setting.address}/blank.html`);
    await page.probe('shown', 'html');
    const before = await page.counters();
    await page.go(`${setting.address}${contestant.historyPage}?history=${nMessages}`);
    const usable = await open(page, contestant);
    // The newest message is on screen, too.
    const shown = nMessages > 0 ? await page.probe('says', contestant.transcript, `Answer ${nMessages / 2}.`) : usable;
    const opened = between(before, await page.counters());
    const since = contestant.launcher ? await page.probe('pressedAt') : 0;
    const origin = await page.probe('origin');
    const longTasks = await page.probe('longTasksSoFar');
    const memory = await page.memory();
    const bytes = 5 * 1024;
    const plan = { bytes, events: Math.round(bytes / 10.7), perSecond: 200 };
    const streamed = await ask(setting, page, contestant, plan);
    return {
      open: Math.max(usable.time, nMessages > 0 ? shown.time - origin : 0) - since,
      openCpu: opened.cpu,
      openLongest: Math.max(0, ...longTasks),
      streamCpu: streamed.cpu ?? NaN,
      streamGapP99: streamed.gapP99 ?? NaN,
      streamLongest: streamed.longestTask ?? NaN,
      ...memory,
    };
  });

/**
 * What a page pays for having a widget that nobody uses: a laden page of an article, with the script tag or without.
 *
 * @param {Setting} setting
 * @param {string} address of the page
 */
export const cost = (setting, address) =>
  inPage(setting, async (page) => {
    // From another page of the same site, so that the process has been started.
    await page.go(`${setting.address}/blank.html`);
    await page.probe('shown', 'html');
    const before = await page.counters();
    await page.go(setting.address + address);
    const { paint, shift, blocked } = await page.probe('settled');
    return { ...between(before, await page.counters()), paint, shift, blocked };
  });
