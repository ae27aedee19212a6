// What the tray is made of: its icons, its elements and its previews.

import { element, icon, iconButton } from '../engine/nodes.js';

/** Paths of the icons, drawn as those of src/ui/icons.rs are. */
export const ICONS = {
  clip: 'm20 11.5-8 8a5 5 0 0 1-7-7l8.4-8.4a3.3 3.3 0 0 1 4.7 4.7l-8.3 8.3a1.7 1.7 0 0 1-2.4-2.4l7.6-7.5',
  camera: 'M4.5 7.5h3l1.6-2.5h5.8l1.6 2.5h3a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1Zm7.5 2.3a3.4 3.4 0 0 1 0 6.8 3.4 3.4 0 0 1 0-6.8Z',
  file: 'M13 3.5H7a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-9Zm0 0v6h6',
  remove: 'm6 6 12 12M18 6 6 18',
  retry: 'M20 12a8 8 0 1 1-2.6-5.9L20 8.5m0-5v5h-5',
};

/**
 * Makes an element with what is in it. `class` is the public part name too.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
export const make = (name, { class: piece = '', ...attributes }, ...children) => {
  const made = element(name, piece, attributes);
  made.append(...children);
  return made;
};

/** @param {keyof typeof ICONS} name */
export const draw = (name) => icon(ICONS[name]);

/** @param {string} piece @param {keyof typeof ICONS} name @param {string} label @param {() => void} act */
export const button = (piece, name, label, act) => {
  const made = iconButton(piece, label, ICONS[name]);
  made.addEventListener('click', act);
  return made;
};

/** Longest side of a preview, in device pixels. */
const PREVIEW = 96;

/**
 * Draws a small picture of an image file in place of an icon. On a canvas: no address is made for the file, so no policy of the page's has a
 * say in it. What the browser can not read keeps its icon.
 *
 * @param {Element} icon
 * @param {File} file
 * @param {AbortSignal} signal
 */
export const preview = async (icon, file, signal) => {
  if (!file.type.startsWith('image/')) return;
  try {
    const bitmap = await createImageBitmap(file);
    const canvas = document.createElement('canvas');
    const scale = PREVIEW / Math.min(bitmap.width, bitmap.height);
    canvas.width = canvas.height = PREVIEW;
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    canvas.getContext('2d')?.drawImage(bitmap, (PREVIEW - width) / 2, (PREVIEW - height) / 2, width, height);
    bitmap.close();
    if (!signal.aborted) icon.replaceWith(canvas);
  } catch {
    // A format that this browser does not know.
  }
};
