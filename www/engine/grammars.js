// Prism's grammars, and of Prism itself only what cuts a text into tokens: no HTML is ever made of it.

import bash from 'refractor/bash';
import c from 'refractor/c';
import cpp from 'refractor/cpp';
import csharp from 'refractor/csharp';
import css from 'refractor/css';
import diff from 'refractor/diff';
import go from 'refractor/go';
import java from 'refractor/java';
import javascript from 'refractor/javascript';
import json from 'refractor/json';
import jsx from 'refractor/jsx';
import kotlin from 'refractor/kotlin';
import markup from 'refractor/markup';
import php from 'refractor/php';
import python from 'refractor/python';
import ruby from 'refractor/ruby';
import rust from 'refractor/rust';
import sql from 'refractor/sql';
import swift from 'refractor/swift';
import toml from 'refractor/toml';
import tsx from 'refractor/tsx';
import typescript from 'refractor/typescript';
import yaml from 'refractor/yaml';
// Not part of what the package exports: its entry would bring a writer of HTML along.
import { Prism } from '../node_modules/refractor/lib/prism-core.js';

/** @typedef {((prism: any) => void) & { displayName: string }} Syntax */
/** @typedef {{ type: string, alias?: string | string[], content: string | Token | (string | Token)[], length: number }} Token */

const prism = /** @type {any} */ (Prism);
const registered = new Set();

/** Adds a grammar once, after those it is made of, which it asks for by itself. @param {Syntax} syntax */
const register = (syntax) => {
  if (registered.has(syntax.displayName)) return;
  registered.add(syntax.displayName);
  syntax(prism);
};
prism.register = register;

for (const syntax of /** @type {any[]} */ ([bash, c, cpp, csharp, css, diff, go, java, javascript, json, jsx, kotlin, markup, php, python])) {
  register(syntax);
}
for (const syntax of /** @type {any[]} */ ([ruby, rust, sql, swift, toml, tsx, typescript, yaml])) register(syntax);

/** The kinds of tokens that have a colour, each with the names that grammars use for it. @type {Record<string, string>} */
const KINDS = {
  comment: 'comment prolog doctype cdata shebang',
  keyword: 'keyword atrule rule important directive tag boolean null nil constant symbol operator-keyword deleted-sign',
  string: 'string char attr-value regex template-string inserted-sign url',
  number: 'number unit hexcode color',
  function: 'function function-name function-definition selector method',
  type: 'class-name builtin namespace maybe-class-name type-definition table lifetime-annotation coord',
  property: 'property attr-name key variable parameter annotation attribute decorator macro',
};

const kindOf = new Map(Object.entries(KINDS).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind])));

/** Names of the kinds. */
export const KIND_NAMES = Object.keys(KINDS);

/**
 * Cuts a text into pieces that have a kind; what has none is left out.
 *
 * @param {string} text
 * @param {string} language a grammar's own name
 * @returns {{ kind: string, start: number, end: number }[]}
 */
export const tokenize = (text, language) => {
  /** @type {{ kind: string, start: number, end: number }[]} */
  const pieces = [];
  let at = 0;
  /** @param {string | Token | (string | Token)[]} content @param {string} [kind] */
  const walk = (content, kind) => {
    if (typeof content == 'string') {
      const start = at;
      at += content.length;
      if (kind && content.trim()) pieces.push({ kind, start, end: at });
    } else if (Array.isArray(content)) {
      for (const part of content) walk(part, kind);
    } else {
      const names = [content.type, content.alias || []].flat();
      // Punctuation inside a string or a tag is no part of it.
      const own = names.map((name) => kindOf.get(name)).find(Boolean);
      walk(content.content, content.type == 'punctuation' || content.type == 'interpolation' ? undefined : own || kind);
    }
  };
  walk(prism.tokenize(text, prism.languages[language]));
  return pieces;
};
