// Who answers, for the style sheet that draws it beside each run of answers: no element for any message, and nothing to keep up to date in them.

import css from 'runs.css';
import { dressWith } from '../engine/dress.js';
import { find } from './place.js';

/** @import { Place } from './place.js' */

/** A text as a string of CSS. Nothing in it can end the string. @param {string} text */
const quoted = (text) => '"' + text.replace(/[\\"\n\r\f]/g, (letter) => '\\' + letter.charCodeAt(0).toString(16) + ' ') + '"';

/** @param {Place} place */
export const runs = (place) => {
  /** The header's, which the engine keeps. @type {HTMLElement | null} */
  let avatar;
  const draw = () => {
    const style = find(place, '.panel')?.style;
    const address = avatar?.querySelector('img')?.src;
    style?.setProperty('--avatar', address ? `url(${quoted(address)})` : 'none');
    style?.setProperty('--initial', quoted((!address && avatar?.textContent) || ''));
  };
  const observer = new MutationObserver(draw);
  return {
    settle() {
      const now = find(place, '.avatar');
      if (!now || now == avatar) return;
      // Another one, in a widget that was made anew.
      observer.disconnect();
      avatar = now;
      dressWith(avatar, css);
      observer.observe(avatar, { childList: true, subtree: true, attributes: true, characterData: true });
      draw();
    },
    destroy: () => observer.disconnect(),
  };
};
