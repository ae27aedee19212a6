// What is said beside the files: sentences that must not be overlooked, and what is told to those who do not see the rows.

import { make } from './elements.js';
import { kindsOf, sizeOf } from './limits.js';
import { Refused } from './upload.js';

/** @import { Context } from './context.js' */
/** @import { Item } from './item.js' */

export class Notes {
  /** Read out at once. */
  loud = make('div', { class: 'attach-notes', role: 'alert' });
  /** Read out when there is time. */
  quiet = make('p', { class: 'attach-status', role: 'status' });

  /** Says something in place of what was said before. @param {(string | undefined)[]} lines */
  say(...lines) {
    this.loud.replaceChildren(...lines.filter((line) => line).map((line) => make('p', { dir: 'auto' }, '' + line)));
  }

  /** @param {string} line */
  tell(line) {
    this.quiet.textContent = line;
  }
}

/**
 * Says why an upload failed, and what can be sent instead where the server tells.
 *
 * @param {Item} item
 * @param {Context} context
 */
export const failureOf = ({ cause, file: { name, size } }, { say, locale, options }) => {
  const { status = 0, details } = cause instanceof Refused ? cause : {};
  const { max_bytes: most, allowed_types: types } = details || {};
  if ((status == 413 || status == 415) && most && types) {
    const values = { name, types: kindsOf(types, options().strings), size: sizeOf(most, locale()), actual: sizeOf(size, locale()) };
    return say(status == 413 ? 'attachSize' : 'attachType', values);
  }
  return say(status == 429 ? 'attachLater' : 'attachFailed', { name });
};
