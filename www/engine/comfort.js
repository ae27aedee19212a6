// What makes an open panel comfortable: scripts that are fetched when there is something for them to do. None is waited for.

import { WHOLE_SCREEN } from '../comfort/place.js';
import { worded } from './words.js';

/** @import { Comfort, Place } from '../comfort/place.js' */

/** What an owner may ask for that is there before the panel is opened. */
const OF_OWNER = ['greeter', 'form', 'hours', 'shortcut', 'sound', 'unreadInTitle'];

/**
 * Returns what a widget keeps of them.
 *
 * @param {HTMLElement} host
 * @param {ShadowRoot} root
 * @param {() => Record<string, any>} options as they are at that time
 * @param {(name: string, args: any[]) => any} call of the engine
 * @param {() => boolean} isOpen
 */
export const comforts = (host, root, options, call, isOpen) => {
  /** @type {Map<string, Comfort>} */
  const made = new Map();
  /** @type {Place} */
  const place = { host, root, options: () => worded(options()), given: options, call: (name, args = []) => call(name, args), isOpen };
  let isGone = false;
  /** @param {boolean} isTalking */
  const wanted = (isTalking) => {
    const { extras = {}, position } = options();
    return [
      isOpen() && (position != 'inline' && matchMedia(WHOLE_SCREEN).matches ? 'phone' : 'desk'),
      isTalking && extras.announce != 'off' && 'announce',
      isOpen() && extras.voice && 'voice',
      OF_OWNER.some((name) => extras[name]) && 'owner',
    ];
  };
  return {
    /** The widget was made, its panel opened or closed, the options have changed, or a message was sent. @param {(name: string) => Promise<any>} fetchPart which tells of a failure itself @param {boolean} isTalking */
    settle(fetchPart, isTalking) {
      for (const comfort of made.values()) comfort.settle();
      for (const name of wanted(isTalking)) {
        if (!name || made.has(name)) continue;
        fetchPart('comfort-' + name).then(({ Comfort }) => {
          if (isGone || made.has(name)) return;
          made.set(name, new Comfort(place));
          made.get(name)?.settle();
        }, () => {});
      }
    },
    destroy() {
      isGone = true;
      for (const comfort of made.values()) comfort.destroy();
    },
  };
};
