// What every comfort is given, and the questions that several of them ask of the widget.

/**
 * One widget, as a comfort sees it.
 *
 * @typedef {object} Place
 * @property {HTMLElement} host
 * @property {ShadowRoot} root
 * @property {() => Record<string, any>} options as they are at that time, the words of the language among `strings`
 * @property {(name: string, args?: any[]) => any} call of the engine
 * @property {() => boolean} isOpen
 * @property {() => string} apiUrl absolute, without a slash at the end
 * @property {(chosen: { assistant?: string, user?: Record<string, string> }) => void} choose who answers from now on, or who is asking
 * @property {(name: string, of: [file: string, integrity: string]) => Promise<any>} importBeside
 * @property {{ current: string, change: (size: string) => void } | undefined} [sizes] which the panel has, while it can have another one
 */

/** What a comfort is: told whenever the panel opens or closes, the options change, or the widget was made anew. @typedef {{ settle(): void, destroy(): void }} Comfort */

/** Where the panel is the whole screen, as in styles/panel.css. */
export const WHOLE_SCREEN = '(max-width: 479.98px), (max-height: 419.98px)';

/** @param {Place} place @param {string} selector */
export const find = ({ root }, selector) => /** @type {HTMLElement | null} */ (root.querySelector(selector));
