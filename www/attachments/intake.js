// The ways in: a button, the camera of a phone, the clipboard, and what is dragged onto the panel.

import { button, make } from './elements.js';

/** @import { Context } from './context.js' */

/** Whether files are being dragged, and not a text or a link. @param {DragEvent} event */
const holdsFiles = ({ dataTransfer }) => Boolean(dataTransfer?.types.includes('Files'));

/**
 * Makes a field for files that a button stands for.
 *
 * @param {string} name
 * @param {'clip' | 'camera'} icon
 * @param {string} label
 * @param {Record<string, string>} attributes
 * @param {(files: Iterable<File>) => void} add
 */
const picker = (name, icon, label, attributes, add) => {
  const field = /** @type {HTMLInputElement} */ (make('input', { type: 'file', hidden: '', tabindex: '-1', ...attributes }));
  field.addEventListener('change', () => {
    add([...(field.files || [])]);
    // The same file may be picked again.
    field.value = '';
  });
  return [field, button(name, icon, label, () => field.click())];
};

/**
 * Lets files in, as long as `signal` says.
 *
 * @param {{ panel: HTMLElement, form: HTMLElement, accept: string[], say: Context['say'], signal: AbortSignal }} place
 * @param {(files: Iterable<File>) => void} add
 * @returns {Element[]} what was put into the page
 */
export const letIn = ({ panel, form, accept, say, signal }, add) => {
  const made = picker('attach', 'clip', say('attachFiles'), { multiple: '', accept: accept.join(',') }, add);
  if (accept.some((entry) => /^(image\/|\*)/.test(entry))) {
    made.push(...picker('attach-camera', 'camera', say('attachPhoto'), { accept: 'image/*', capture: 'environment' }, add));
  }
  form.prepend(...made);
  const hint = make('p', { class: 'attach-drop', hidden: '' }, say('attachDrop'));
  panel.append(hint);

  const mayTake = () => !form.hasAttribute('data-no-files');
  /** @param {string} event @param {(event: any) => void} act */
  const on = (event, act) => panel.addEventListener(event, act, { signal });
  const over = (/** @type {DragEvent} */ event) => {
    if (!holdsFiles(event) || !mayTake()) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    hint.hidden = false;
  };
  on('dragenter', over);
  on('dragover', over);
  on('dragleave', ({ relatedTarget }) => {
    if (!panel.contains(relatedTarget)) hint.hidden = true;
  });
  on('drop', (event) => {
    hint.hidden = true;
    if (!holdsFiles(event) || !mayTake()) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  on('paste', (event) => {
    const { files, types } = event.clipboardData || {};
    // Office programs put a picture beside the text that was copied: the text is meant.
    if (!files?.length || types.includes('text/plain') || !mayTake()) return;
    event.preventDefault();
    add([...files]);
  });
  return [...made, hint];
};
