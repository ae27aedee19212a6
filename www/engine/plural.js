// Phrases that have another form for each kind of number: `{ one: '{count} file', other: '{count} files' }`, by the categories of `Intl.PluralRules`.

/** Fills the gaps of a sentence, `{name}`; `count` chooses between its forms. @param {string | Record<string, string>} forms @param {Record<string, string | number>} values @param {string} [locale] */
export const filled = (forms, values, locale) =>
  formFor(forms, +values.count, locale).replace(/\{(\w+)\}/g, (gap, name) => '' + (values[name] ?? gap));

/**
 * Returns the form that goes with a number. A language that the forms are not of takes the last resort of every language.
 *
 * @param {string | Record<string, string>} forms
 * @param {number} count
 * @param {string} [locale]
 */
export const formFor = (forms, count, locale) =>
  typeof forms == 'string' ? forms : forms[new Intl.PluralRules(locale).select(count)] || forms.other;
