// How a widget with given options is embedded: as a script tag, in React, in a frame; and what its owner should think twice about.

/** @typedef {Record<string, any>} Options */

/** @param {string} name */
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase());

/** @param {string} text */
const quoted = (text) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;');

/** @param {any} value */
const text = (value) => (typeof value == 'string' ? value : JSON.stringify(value));

/** @param {Options} options @param {string} origin */
export const scriptTag = (options, origin) => {
  const attributes = Object.entries(options).map(([name, value]) => `data-${kebab(name)}="${quoted(text(value))}"`);
  return [`<script src="${origin}/assisters.js"`, 'data-assistant="shop-assistant"', ...attributes, 'async></script>'].join('\n  ');
};

/** @param {Options} options @param {string} origin */
export const react = (options, origin) => {
  const properties = Object.entries(options).map(([name, value]) =>
    typeof value == 'string' && !/["\\\n]/.test(value) ? `${name}="${value}"` : value === true ? name : `${name}={${JSON.stringify(value)}}`,
  );
  const lines = ['assistant="shop-assistant"', `apiUrl="${origin}/v1"`, ...properties];
  return `import { AssistersChat } from "assisters-chat/react";\n\n<AssistersChat\n  ${lines.join('\n  ')}\n/>`;
};

/** What a frame can not do: it is a place in the page. */
const NO_FRAME = ['position', 'offset', 'buttonSize', 'buttonIcon', 'zIndex', 'autoOpen', 'preload'];

/** @param {Options} options @param {string} origin */
export const frame = (options, origin) => {
  const query = new URLSearchParams({ assistant: 'shop-assistant' });
  for (const [name, value] of Object.entries(options)) if (!NO_FRAME.includes(name)) query.set(name, text(value));
  return `<iframe src="${quoted(`${origin}/frame.html?${query}`)}"\n  title="Chat" allow="clipboard-write; microphone"></iframe>`;
};

/** Part of a colour's luminance (WCAG 2.2). @param {number} byte */
const linear = (byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};

/** @param {string} color `#rrggbb` */
const luminance = (color) => {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(parseInt(color.slice(at, at + 2), 16)));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** Contrast of two colours, 1 to 21. @param {string} one @param {string} other `#rrggbb` both */
export const contrast = (one, other) => {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};

/** Pairs of tokens that are shown on each other. Those that are derived can be read; an owner's own may not. */
const PAIRS = [['text', 'surface'], ['textMuted', 'surface'], ['text', 'surfaceRaised']];

/** What the tokens are, about, where the owner has not said: in light and dark. @type {Record<string, [light: string, dark: string]>} */
const DERIVED = { text: ['#1d2129', '#ecedf0'], textMuted: ['#5c6470', '#a1a8b3'], surface: ['#ffffff', '#16181d'], surfaceRaised: ['#f2f4f8', '#24272e'] };

/** Returns what the owner should think twice about, in sentences. @param {Options} options @returns {string[]} */
export const warningsOf = (options) => {
  const warnings = [];
  if (options.apiKey) warnings.push('A key in the page can be read by every visitor. Keep it in the gateway and leave `apiKey` out; the widget then asks for a visitor token.');
  if (options.headers && /authorization|key|token/i.test(Object.keys(options.headers).join())) warnings.push('These headers look like a secret, and every visitor can read them.');
  const theme = options.theme && typeof options.theme == 'object' ? options.theme : {};
  for (const pair of PAIRS) {
    if (!pair.some((name) => /^#[0-9a-f]{6}$/i.test(theme[name] || ''))) continue;
    for (const [column, mode] of /** @type {const} */ ([[0, 'light'], [1, 'dark']])) {
      if (theme.mode && theme.mode != 'auto' && theme.mode != mode) continue;
      const [ink, paper] = pair.map((name) => theme[name] || DERIVED[name][column]);
      if (!/^#[0-9a-f]{6}$/i.test(ink + '') || !/^#[0-9a-f]{6}$/i.test(paper + '')) continue;
      const ratio = contrast(ink, paper);
      if (ratio < 4.5) warnings.push(`Your \`${pair[0]}\` on \`${pair[1]}\` has a contrast of ${ratio.toFixed(1)} in ${mode}; text wants 4.5 (WCAG 2.2 AA).`);
    }
  }
  return warnings;
};
