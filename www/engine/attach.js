// Brings the visitor's files to a widget. What does that is fetched when the panel first opens with the option on.

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
  /** @type {Promise<any> | undefined} */
  let fetching;
  const isWanted = () => options().attachments;
  return {
    /** The panel was opened, made anew, or told other options. */
    async settle() {
      try {
        if (isWanted() && !tray) {
          const url = new URL('./' + __ATTACHMENTS_JS__, import.meta.url).href;
          const part = await (fetching ||= import(/* webpackIgnore: true */ url));
          if (isWanted()) tray ||= new part.Tray(root, options, call);
        }
      } catch (cause) {
        fetching = undefined;
        console.warn('Assisters: files can not be attached', cause);
      }
      if (isWanted()) tray?.mount();
      else this.destroy();
    },
    /** Hands over what is attached, if it can be sent. */
    take: () => (tray ? tray.take() : '[]'),
    destroy() {
      tray?.destroy();
      tray = undefined;
    },
  };
};
