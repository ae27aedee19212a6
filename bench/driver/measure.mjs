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

/** A telephone's screen. */
const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, mobile: true };

/** The processor of a cheap telephone is about so much slower than the one that measures. */
const PHONE_SLOWDOWN = 4;

/** How long what moves when a panel opens takes at most. */
const ENTRANCE_MILLIS = 600;

/**
 * What a visitor sees of frames: the gaps between them, and the share that came later than the next one should, or than the one after. Browsers
 * give a frame's own time, which is a multiple of the screen's interval but for the clock's last digits.
 *
 * @param {string} phase
 * @param {number[]} gaps
 * @returns {Figures}
 */
const frames = (phase, gaps) => ({
  [phase + 'P50']: quantile(gaps, 0.5),
  [phase + 'P95']: quantile(gaps, 0.95),
  [phase + 'P99']: quantile(gaps, 0.99),
  [phase + 'Late']: gaps.filter((gap) => gap > 17.7).length / Math.max(1, gaps.length),
  [phase + 'Lost']: gaps.filter((gap) => gap > 34).length / Math.max(1, gaps.length),
});

/**
 * A telephone with a slow processor: the panel opens once its program is there, an answer streams in below earlier messages, and the transcript
 * is scrolled by a finger.
 *
 * @param {Setting} setting
 * @param {Contestant} contestant
 * @param {number} nMessages
 * @param {Plan} plan
 */
export const phone = (setting, contestant, nMessages, plan) =>
  inPage(setting, async (page) => {
    await page.call('Emulation.setDeviceMetricsOverride', PHONE);
    await page.call('Emulation.setTouchEmulationEnabled', { enabled: true });
    await page.go(`${setting.address}${contestant.historyPage}?history=${nMessages}`);
    await open(page, contestant);
    await page.probe('says', contestant.transcript, `Answer ${nMessages / 2}.`);
    /** @type {Figures} */
    let entrance = {};
    if (contestant.launcher && contestant.close) await page.click(await page.probe('shown', contestant.close));
    await page.call('Emulation.setCPUThrottlingRate', { rate: PHONE_SLOWDOWN });
    if (contestant.launcher && contestant.close) {
      const launcher = await page.probe('shown', contestant.launcher);
      await page.probe('start');
      await page.click(launcher);
      await page.probe('after', ENTRANCE_MILLIS);
      entrance = frames('open', (await page.probe('stop')).gaps);
      await page.probe('usable', contestant.input);
    }
    const { gaps: streamed, ...answer } = await askForGaps(setting, page, contestant, plan);
    const { x, y } = await page.probe('shown', contestant.transcript);
    await page.probe('start');
    for (const yDistance of [5000, -5000]) {
      await page.call('Input.synthesizeScrollGesture', { x, y, yDistance, speed: 2500, gestureSourceType: 'touch', preventFling: true });
    }
    const scrolled = await page.probe('stop');
    await page.call('Emulation.setCPUThrottlingRate', { rate: 1 });
    return { ...entrance, ...frames('stream', streamed), ...frames('scroll', scrolled.gaps), longestTask: Math.max(0, ...answer.longTasks, ...scrolled.longTasks) };
  });

/** Asks, and returns the gaps between the frames until the last of the answer has been seen. @param {Setting} setting @param {Page} page @param {Contestant} contestant @param {Plan} plan */
const askForGaps = async ({ server }, page, { transcript }, plan) => {
  server.plan = plan;
  await page.type(QUESTION);
  await page.probe('start');
  await page.pressEnter();
  await page.probe('says', transcript, MARK);
  return page.probe('stop');
};
