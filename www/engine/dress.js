// Styles that come later than the engine's.

/** @type {Map<string, CSSStyleSheet>} */
const sheets = new Map();

/** Adopts styles where an element is, once. @param {Element} element @param {string} css */
export const dressWith = (element, css) => {
  const root = element.getRootNode();
  if (!(root instanceof ShadowRoot)) return;
  const sheet = sheets.get(css) || new CSSStyleSheet();
  if (!sheets.has(css)) sheet.replaceSync(css);
  sheets.set(css, sheet);
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
};
