// What a visitor sees after a panic: a sentence and a way on.

/**
 * Replaces what is in the root.
 *
 * @param {ShadowRoot} root
 * @param {Record<string, any>} options
 * @param {() => void} restart
 */
export const showStopped = (root, options, restart) => {
  const before = /** @type {HTMLElement | null} */ (root.querySelector('.widget'));
  const widget = document.createElement('div');
  widget.className = 'widget';
  widget.dataset.position = options.position || 'bottom-right';
  widget.dataset.theme = before?.dataset.theme || 'light';
  const notice = widget.appendChild(document.createElement('div'));
  notice.className = 'notice';
  notice.dataset.kind = 'error';
  notice.setAttribute('part', 'notice');
  notice.setAttribute('role', 'alert');
  const text = notice.appendChild(document.createElement('span'));
  text.className = 'notice-text';
  text.textContent = options.strings?.crashed || 'Chat stopped working';
  const button = notice.appendChild(document.createElement('button'));
  button.className = 'notice-action';
  button.type = 'button';
  button.textContent = options.strings?.restart || 'Restart';
  button.addEventListener('click', () => {
    button.disabled = true;
    restart();
  });
  root.replaceChildren(widget);
};
