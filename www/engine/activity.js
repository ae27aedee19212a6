// What comes with the first answer that thinks or calls: how that looks, and what runs the page's tools.

import css from 'activity.css';
import { dressWith } from './dress.js';

export { callTool } from './tool-call.js';

/** Shows thoughts and calls, now that they have their style. @param {HTMLElement} place */
export const dress = (place) => {
  dressWith(place, css);
  place.hidden = false;
};
