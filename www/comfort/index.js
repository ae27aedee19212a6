// What makes an open panel comfortable: scripts that are fetched when there is something for them to do. None is waited for. Entry of what is
// fetched when a panel first opens, or as soon as its owner asks for `extras`.

import { checked } from './extras.js';
import { WHOLE_SCREEN } from './place.js';
import { runs } from './runs.js';
import { keysOfSuggestions } from './suggestions.js';

/** @import { Comfort, Place } from './place.js' */

/** What an owner may ask for that is there before the panel is opened. */
const OF_OWNER = ['greeter', 'form', 'hours', 'shortcut', 'sound', 'unreadInTitle'];

/** Name → file beside the engine's script, and its hash. @type {Record<string, [file: string, integrity: string]>} */
const FILES = __COMFORTS__;

/** Scripts that are on their way or here; one that did not come is asked for again. @type {Record<string, Promise<any> | undefined>} */
const asked = {};

/** @param {string} name @param {Place['importBeside']} importBeside */
const load = (name, importBeside) =>
  (asked[name] ||= importBeside(name, FILES[name]).catch((cause) => {
    asked[name] = undefined;
    console.warn('Assisters: a part did not load', cause);
  }));

/** Returns what a widget keeps of them. @param {Place} given */
export const comforts = (given) => {
  /** @type {Map<string, Comfort>} */
  const made = new Map();
  /** The extras as they were given, and those of them that can be used. @type {{ given?: unknown, valid: Record<string, any> }} */
  let extras = { valid: {} };
  /** @type {Place} */
  const place = { ...given, options: () => ({ ...given.options(), extras: extras.valid }) };
  const who = runs(place);
  const life = new AbortController();
  keysOfSuggestions(place.root, life.signal);
  /** @param {boolean} isTalking */
  const wanted = (isTalking) => {
    const { extras, position } = place.options();
    const isOpen = place.isOpen();
    return [
      isOpen && (position != 'inline' && matchMedia(WHOLE_SCREEN).matches ? 'phone' : 'desk'),
      isTalking && extras.announce != 'off' && 'announce',
      isOpen && extras.voice && 'voice',
      OF_OWNER.some((name) => extras[name]) && 'owner',
      isOpen && extras.assistants && 'assistants',
      isOpen && extras.menu !== false && 'menu',
      isOpen && extras.followUps && 'follow-ups',
    ];
  };
  /** Leaves out what is wrong, and says so once. */
  const check = () => {
    const now = given.options().extras;
    if (now == extras.given) return;
    const { valid, faults } = checked(now);
    extras = { given: now, valid };
    for (const fault of faults) console.error(new TypeError('Assisters: ' + fault));
  };
  return {
    /** The widget was made, its panel opened or closed, the options have changed, or a message was sent. @param {boolean} isTalking */
    settle(isTalking) {
      check();
      who.settle();
      for (const comfort of made.values()) comfort.settle();
      for (const name of wanted(isTalking)) {
        if (!name || made.has(name)) continue;
        load('comfort-' + name, place.importBeside).then((script) => {
          if (!script || life.signal.aborted || made.has(name)) return;
          made.set(name, new script.Comfort(place));
          made.get(name)?.settle();
        });
      }
    },
    destroy() {
      life.abort();
      who.destroy();
      for (const comfort of made.values()) comfort.destroy();
    },
  };
};
