// Says above the composer that there is no connection, for as long as there is none.

import { element } from '../engine/nodes.js';
import { find } from './place.js';
import { say } from './words.js';

/** @import { Place } from './place.js' */

/** @param {Place} place @param {AbortSignal} signal */
export const offlineNote = (place, signal) => {
  const note = element('div', 'notice offline', { role: 'status', part: 'notice' });
  const text = note.appendChild(element('span', 'notice-text'));
  const settle = () => {
    if (!note.isConnected) find(place, '.composer')?.before(note);
    note.hidden = navigator.onLine;
    text.textContent = navigator.onLine ? '' : say(place.options(), 'offline');
  };
  addEventListener('offline', settle, { signal });
  addEventListener('online', settle, { signal });
  signal.addEventListener('abort', () => note.remove());
  return { settle };
};
