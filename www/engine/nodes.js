// Elements, made one by one: never markup, which Trusted Types refuse, and never a `style` attribute, which policies do.

/**
 * Makes an element. `part` and `class` are its piece's name, as in the engine.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} piece
 * @param {Record<string, string>} [attributes]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export const element = (name, piece, attributes = {}) => {
  const made = document.createElement(name);
  if (piece) made.className = piece;
  if (piece) made.setAttribute('part', piece);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
};

const SVG = 'http://www.w3.org/2000/svg';

/** Draws an icon, as those of src/ui/icons.rs are. @param {string} path */
export const icon = (path) => {
  const drawn = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({ class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' })) drawn.setAttribute(name, value);
  drawn.appendChild(document.createElementNS(SVG, 'path')).setAttribute('d', path);
  return drawn;
};

/**
 * Makes a button with an icon.
 *
 * @param {string} piece
 * @param {string} label
 * @param {string} path
 */
export const iconButton = (piece, label, path) => {
  const button = element('button', piece, { type: 'button', 'aria-label': label, title: label });
  button.append(icon(path));
  return button;
};
