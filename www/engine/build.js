// Nodes by the dozen: what the program's painter (src/ui/rich_text/nodes.rs) wants made, in one call. A call out of WebAssembly, and a text read from its
// memory, each cost more than a node.

/** What a step is; any other number makes an element like the template of that number, less these. Steps are numbers because they lie in the program's memory. */
const TEXT = 0;
const ATTRIBUTE = 1;
const END = 2;
const FIRST_TEMPLATE = 3;

/**
 * Appends a copy of a template, with all that is in it.
 *
 * @param {Element} parent
 * @param {Element} template
 * @returns {Node}
 */
export const append = (parent, template) => parent.appendChild(template.cloneNode(true));

/**
 * Makes nodes and puts them before another, or at the end.
 *
 * @param {Node} parent
 * @param {Node | undefined} before
 * @param {Element[]} templates
 * @param {Uint32Array} steps TEXT, length; ATTRIBUTE, length of the name, length of the value; a template's element is entered, and left at END
 * @param {string} text what the steps are made with, in their order
 */
export const build = (parent, before, templates, steps, text) => {
  const { ownerDocument } = parent;
  let into = parent;
  let at = 0;
  let next = 0;
  const take = () => text.slice(at, (at += steps[next++]));
  /** @param {Node} node */
  const put = (node) => into.insertBefore(node, into == parent ? before || null : null);
  while (next < steps.length) {
    const step = steps[next++];
    if (step == TEXT) put(/** @type {Document} */ (ownerDocument).createTextNode(take()));
    else if (step == ATTRIBUTE) /** @type {Element} */ (into).setAttribute(take(), take());
    else if (step == END) into = /** @type {Node} */ (into.parentNode);
    else into = put(templates[step - FIRST_TEMPLATE].cloneNode(true));
  }
};
