// When people are there beside the assistant, and what is said while they are not.

import { element } from '../engine/nodes.js';
import { find } from './place.js';
import { say } from './words.js';

/** @import { Place } from './place.js' */

/** Business hours: by the day's first three letters in English, `09:00-17:00`. @typedef {{ timeZone?: string, open: Record<string, string> }} Hours */

/** @param {string} time */
const minutesOf = (time) => {
  const [hours, minutes = 0] = time.trim().split(':').map(Number);
  return hours * 60 + minutes;
};

/** Returns what tells whether somebody is there at a time. One format serves all times: to make one takes longer than to use it. @param {Hours} hours */
const presence = ({ timeZone, open }) => {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (/** @type {Date} */ at) => {
    const parts = format.formatToParts(at);
    const part = (/** @type {string} */ type) => parts.find((one) => one.type == type)?.value || '';
    const [from, to] = (open[part('weekday').toLowerCase()] || '').split('-');
    const now = minutesOf(part('hour') + ':' + part('minute'));
    return !!to && now >= minutesOf(from) && now < minutesOf(to);
  };
};

/** Whether somebody is there. @param {Hours} hours @param {Date} at */
export const isThere = (hours, at) => presence(hours)(at);

const QUARTER_MILLIS = 15 * 60e3;

/** When somebody is back, to a quarter of an hour; nothing when nobody is within a week. @param {Hours} hours @param {Date} at */
export const backAt = (hours, at) => {
  const isThereAt = presence(hours);
  const first = Math.ceil(at.getTime() / QUARTER_MILLIS);
  for (let quarter = first; quarter < first + 8 * 96; quarter++) {
    const time = new Date(quarter * QUARTER_MILLIS);
    if (isThereAt(time)) return time;
  }
};

/** @param {Place} place */
export const hoursNote = (place) => {
  const note = element('p', 'hours', { role: 'note' });
  return {
    settle() {
      const { extras, locale } = place.options();
      const now = new Date();
      const back = extras?.hours && place.isOpen() && !isThere(extras.hours, now) ? backAt(extras.hours, now) : undefined;
      if (!back) return note.remove();
      const time = new Intl.DateTimeFormat(locale || undefined, { weekday: 'long', hour: 'numeric', minute: '2-digit' }).format(back);
      note.textContent = say(place.options(), 'away', { time });
      if (!note.isConnected) find(place, '.header')?.after(note);
    },
    leave() {
      note.remove();
    },
  };
};
