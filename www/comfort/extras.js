// The option `extras`: what there is, and what each takes. A wrong one is left out, alone.

const OBJECT = 'an object';

/** @typedef {(value: any) => boolean} Test */

/** @type {Test} */
const isBoolean = (value) => typeof value == 'boolean';
/** @type {Test} */
const isText = (value) => typeof value == 'string' && !!value.trim();
/** @type {Test} */
const isNumber = (value) => Number.isFinite(value) && value >= 0;
/** @type {Test} */
const isPlain = (value) => typeof value == 'object' && value !== null && !Array.isArray(value);
/** @type {Test} */
const isLanguage = (value) => {
  try {
    return isText(value) && !!Intl.getCanonicalLocales(value);
  } catch {
    return false;
  }
};
/** @type {Test} */
const isTimeZone = (value) => {
  try {
    return isText(value) && !!new Intl.DateTimeFormat('en', { timeZone: value });
  } catch {
    return false;
  }
};
/** @type {Test} */
const areHours = (value) => {
  const [, from, to] = /^(\d\d?(?::[0-5]\d)?)\s*-\s*(\d\d?(?::[0-5]\d)?)$/.exec(value) || [];
  return !!to && parseFloat(from) < 24 && parseFloat(to) <= 24;
};

/** What an object of an extra has. @type {Record<string, Record<string, [expected: string, Test]>>} */
const MEMBERS = {
  voice: { language: ['a tag such as en-GB', isLanguage], name: ['a text', isText], rate: ['a number', isNumber] },
  form: { name: ['boolean', isBoolean], email: ['boolean', isBoolean], consent: ['boolean | a text', (value) => isBoolean(value) || isText(value)] },
  greeter: {
    text: ['a text', isText],
    delaySecs: ['a number', isNumber],
    scrollDepth: ['a number from 0 to 1', (value) => isNumber(value) && value <= 1],
    exitIntent: ['boolean', isBoolean],
  },
  hours: { timeZone: ['a zone such as Europe/Oslo', isTimeZone], open: ["{ mon: '09:00-17:00', … }", isPlain] },
  'hours.open': Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, ['such as 09:00-17:00', areHours]])),
};

/** @param {string[]} words @returns {[expected: string, Test]} */
const oneOf = (...words) => [words.join(' | '), (value) => words.includes(value)];

/** @type {[expected: string, Test]} */
const SWITCH = ['boolean', isBoolean];
/** @type {[expected: string, Test]} */
const SWITCH_OR_OBJECT = ['boolean | ' + OBJECT, (value) => isBoolean(value) || isPlain(value)];

/** @type {Test} */
const areTexts = (value) => Array.isArray(value) && value.length > 0 && value.every(isText);

/** @type {Record<string, [expected: string, Test]>} */
const KINDS = {
  announce: oneOf('answer', 'sentences', 'off'),
  size: oneOf('compact', 'normal', 'expanded', 'full'),
  menu: SWITCH,
  resizable: SWITCH,
  backCloses: SWITCH,
  sound: SWITCH,
  unreadInTitle: SWITCH,
  shortcut: ['a key such as Alt+C', (value) => isText(value) && /^((ctrl|alt|shift|meta)\s*\+\s*)*[^\s+]+$/i.test(value)],
  voice: SWITCH_OR_OBJECT,
  form: SWITCH_OR_OBJECT,
  greeter: [OBJECT, isPlain],
  hours: ["{ timeZone?, open: { mon: '09:00-17:00', … } }", (value) => isPlain(value) && value.open != null],
  assistants: ['true | a list of two or more ids', (value) => value === true || (areTexts(value) && value.length > 1)],
  followUps: ['a list of texts | a function', (value) => areTexts(value) || typeof value == 'function'],
};

/** @param {unknown} value */
const written = (value) => {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value; // one that has itself in it
  }
};

/** Says what is wrong with one value, and with what is in it. @param {string} path @param {any} value @param {[expected: string, Test]} kind @returns {string | undefined} */
const faultIn = (path, value, [expected, isValid]) => {
  if (!isValid(value)) return `"extras.${path}" is ${written(value)}; expected ${expected}`;
  const members = MEMBERS[path];
  if (!members || !isPlain(value)) return undefined;
  for (const [member, inner] of Object.entries(value)) {
    if (inner == null) continue;
    if (!Object.hasOwn(members, member)) return `"extras.${path}" has no "${member}"; expected ${Object.keys(members).join(' | ')}`;
    const fault = faultIn(path + '.' + member, inner, members[member]);
    if (fault) return fault;
  }
  return undefined;
};

/**
 * Takes the extras apart: those that can be used, and what is wrong with each of the others.
 *
 * @param {any} extras
 * @returns {{ valid: Record<string, any>, faults: string[] }}
 */
export const checked = (extras = {}) => {
  /** @type {Record<string, any>} */
  const valid = {};
  /** @type {string[]} */
  const faults = [];
  for (const [name, value] of Object.entries(extras)) {
    if (value == null) continue;
    const fault = Object.hasOwn(KINDS, name) ? faultIn(name, value, KINDS[name]) : `"extras" has no "${name}"; expected ${Object.keys(KINDS).join(' | ')}`;
    if (fault) faults.push(fault);
    else valid[name] = value;
  }
  return { valid, faults };
};
