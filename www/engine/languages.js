// The languages that can be highlighted, by every name a fence may give them. Known before the highlighter is there, so that it is
// fetched only where it can do something.

/** Names of a grammar, the grammar's own first. @type {string[][]} */
const NAMES = [
  ['bash', 'sh', 'shell', 'zsh', 'console'],
  ['c', 'h'],
  ['cpp', 'c++', 'hpp'],
  ['csharp', 'cs', 'c#'],
  ['css'],
  ['diff', 'patch'],
  ['go', 'golang'],
  ['java'],
  ['javascript', 'js', 'mjs', 'cjs', 'node'],
  ['json', 'jsonc', 'json5'],
  ['jsx'],
  ['kotlin', 'kt'],
  ['markup', 'html', 'xml', 'svg', 'vue'],
  ['php'],
  ['python', 'py'],
  ['ruby', 'rb'],
  ['rust', 'rs'],
  ['sql', 'mysql', 'postgres', 'postgresql', 'sqlite'],
  ['swift'],
  ['toml'],
  ['tsx'],
  ['typescript', 'ts'],
  ['yaml', 'yml'],
];

/** Any name → the grammar's own. */
export const LANGUAGES = new Map(NAMES.flatMap((names) => names.map((name) => [name, names[0]])));
