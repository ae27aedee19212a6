// Phrases that have another form for each kind of number: `{ one: '{count} file', other: '{count} files' }`, by the categories of `Intl.PluralRules`.

/**
 * Returns the form that goes with a number. A language that the forms are not of takes the last resort of every language.
 *
 * @param {string | Record<string, string>} forms
 * @param {number} count
 * @param {string} [locale]
 */
export const formFor = (forms, count, locale) =>
  typeof forms == 'string' ? forms : forms[new Intl.PluralRules(locale).select(count)] || forms.other;
