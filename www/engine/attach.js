// Brings the visitor's files to a widget. What does that is fetched when the panel first opens with the option on.

import { absolute, takesIds } from './place.js';

/**
 * Returns the arguments of `sendMessage` as the engine takes them: the files checked, absolute, and as text.
 *
 * @param {any[]} args
 * @param {Record<string, any>} options
 * @throws {TypeError} says what a file is
 */
export const withFiles = ([text, extras], { dialect }) => {
  const files = (extras?.attachments || []).map((/** @type {any} */ { name, type, url, file_id } = {}) => {
    if (!url && !(file_id && takesIds(dialect))) {
      throw new TypeError(`Assisters: each of sendMessage's attachments is {url, name?, type?}${takesIds(dialect) ? ' or {file_id, name?, type?}' : ''}`);
    }
    return { name: name || (url || file_id).split('/').pop(), type, url: url && absolute(url), file_id };
  });
  return [text, extras, files.length ? JSON.stringify(files) : ''];
};

/** @import { Tray } from '../attachments/tray.js' */

/**
 * Returns what a widget keeps of it.
 *
 * @param {ShadowRoot} root
 * @param {() => Record<string, any>} options as they are at that time
 * @param {(name: string, args: any[]) => any} call of the engine
 */
export const attacher = (root, options, call) => {
  /** @type {Tray | undefined} */
  let tray;
  const isWanted = () => options().attachments;
  return {
    /** The panel was opened, made anew, or told other options. @param {(name: string) => Promise<any>} fetchPart which tells of a failure itself */
    async settle(fetchPart) {
      if (isWanted() && !tray) {
        const part = await fetchPart('attach').catch(() => {});
        if (part && isWanted()) tray ||= new part.Tray(root, options, call);
      }
      if (isWanted()) tray?.mount();
      else this.destroy();
    },
    /** Hands over what is attached, if it can be sent. */
    take: () => (tray ? tray.take() : ''),
    destroy() {
      tray?.destroy();
      tray = undefined;
    },
  };
};
