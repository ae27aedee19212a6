// The options: their names, their kinds, and the checks that need no engine. What lies inside an object is the engine's to judge.

/** Kinds of values, each with the options that take it. A word that is no `typeof` is a valid value itself. */
const KINDS = {
  string: 'assistant apiUrl apiKey primaryColor buttonIcon title avatar greeting sessionId placeholder locale',
  number: 'buttonSize zIndex',
  boolean: 'autoOpen hideWatermark stream highlight debug',
  object: 'user metadata headers offset strings linkPolicy renderers tools extras',
  array: 'suggestions messages',
  function: 'getToken',
  'bottom-right bottom-left top-right top-left inline': 'position',
  'auto light dark object': 'theme',
  'chat conversations threads execute informer openai': 'dialect',
  'intent idle': 'preload',
  'local session none': 'persist',
  'boolean object': 'attachments',
};

/** Every event; each is an `on…` option too. */
export const EVENTS =
  'load open close message message-sent stream-start stream-end error feedback tool-call conversation-start conversation-clear unread destroy'.split(
    ' ',
  );

/** Name of the option that hears the event. @param {string} event */
export const optionOf = (event) => ('on-' + event).replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/** Name of an option → the kinds of values it takes. @type {Record<string, string[]>} */
export const OPTIONS = {};
for (const [kinds, names] of Object.entries(KINDS)) {
  for (const name of names.split(' ')) OPTIONS[name] = kinds.split(' ');
}
for (const event of EVENTS) OPTIONS[optionOf(event)] = ['function'];

/** @param {string} name @param {unknown} value @param {string[]} valid */
export const refusal = (name, value, valid) =>
  new TypeError(`Assisters: "${name}" is ${JSON.stringify(value)}; expected ${valid.join(' | ')}`);

/**
 * Returns `before` with `changes`, under their canonical names. `undefined` and `null` bring a default back; an unknown name is
 * left out with a warning that names the closest valid one.
 *
 * @param {object} changes
 * @param {object} [before]
 * @returns {Record<string, any>}
 * @throws {TypeError} names the option and its valid values
 */
export const resolve = (changes = {}, before) => {
  /** @type {Record<string, any>} */
  const options = { ...before };
  for (const [given, value] of Object.entries(changes)) {
    // Older names of the assistant.
    const name = given.replace(/^assist.*Id$/, 'assistant');
    const valid = OPTIONS[name];
    if (!valid) {
      /** How many pairs of its letters the option has too. @param {string} option */
      const likeness = (option) => [...given].filter((_, i) => option.toLowerCase().includes(given.slice(i, i + 2))).length;
      const [closest] = Object.keys(OPTIONS).sort((a, b) => likeness(b) - likeness(a));
      console.warn(`Assisters: unknown option "${given}"; did you mean "${closest}"?`);
    } else if (value == null) {
      delete options[name];
    } else if (valid.includes(value) || (value === value && valid.includes(Array.isArray(value) ? 'array' : typeof value))) {
      options[name] = value;
    } else throw refusal(given, value, valid);
  }
  if (!options.assistant) throw refusal('assistant', options.assistant, OPTIONS.assistant);
  return options;
};

/**
 * Reads the text of an attribute as the option's kind of value. What cannot be read stays text, for `resolve` to refuse.
 *
 * @param {string} name
 * @param {string} text
 * @returns {any}
 */
export const fromText = (name, text) => {
  const [kind] = OPTIONS[name] || ['string'];
  try {
    return kind == 'string' ? text : kind == 'boolean' && !text ? true : JSON.parse(text);
  } catch {
    return text;
  }
};
