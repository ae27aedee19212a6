// The option `extras`: what there is, and what each takes.

/** A word that is none of the values stands for what it names. @type {Record<string, string[]>} */
const KINDS = {
  announce: ['answer', 'sentences', 'off'],
  size: ['compact', 'normal', 'expanded'],
  resizable: ['boolean'],
  backCloses: ['boolean'],
  sound: ['boolean'],
  unreadInTitle: ['boolean'],
  shortcut: ['a key such as Alt+C'],
  voice: ['boolean', 'object'],
  form: ['boolean', 'object'],
  greeter: ['object'],
  hours: ['object'],
};

/** @param {string} name @param {any} value */
const isValid = (name, value) => {
  const valid = KINDS[name];
  if (name == 'shortcut') return typeof value == 'string' && /^((ctrl|alt|shift|meta)\s*\+\s*)*[^\s+]+$/i.test(value);
  if (name == 'hours') return Object.values(value?.open || { none: '' }).every((hours) => /^\d\d?(:\d\d)?\s*-\s*\d\d?(:\d\d)?$/.test('' + hours));
  return typeof value == 'string' ? valid.includes(value) && !['boolean', 'object'].includes(value) : valid.includes(typeof value) && value !== null && !Array.isArray(value);
};

/** Says what is wrong with the option, and what it takes. @param {Record<string, any> | undefined} extras @returns {string | undefined} */
export const faultInExtras = (extras = {}) => {
  for (const [name, value] of Object.entries(extras)) {
    if (value == null) continue;
    if (!KINDS[name]) return `"extras" has no "${name}"; expected ${Object.keys(KINDS).join(' | ')}`;
    if (isValid(name, value)) continue;
    const expected = name == 'hours' ? "{ timeZone?, open: { mon: '09:00-17:00', … } }" : KINDS[name].join(' | ');
    return `"extras.${name}" is ${JSON.stringify(value)}; expected ${expected}`;
  }
};
