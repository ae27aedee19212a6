// What the loader leaves to do to the options, as only the engine needs it.

/** The engine lies beside the loader, so this is the origin of the script the page has named. */
const DEFAULT_API = new URL('/v1', import.meta.url).href;

/**
 * The API's address, absolute and without a slash at the end.
 *
 * @param {string | undefined} given
 * @throws {TypeError} names the option
 */
export const apiUrlOf = (given) => {
  try {
    return new URL(given || DEFAULT_API, document.baseURI).href.replace(/\/+$/, '');
  } catch {
    throw new TypeError(`Assisters: "apiUrl" is ${JSON.stringify(given)}; expected a URL`);
  }
};

/**
 * Any CSS color as `#rrggbb`, which is what the engine derives its palette from. What cannot be read is left for the engine to refuse.
 *
 * @param {ShadowRoot} root
 * @param {string} color
 */
const hex = (root, color) => {
  if (/^#/.test(color)) return color;
  const probe = root.appendChild(document.createElement('i'));
  probe.style.color = `color-mix(in srgb, ${color}, ${color})`;
  const [, channels] = (probe.style.color && getComputedStyle(probe).color.match(/^color\(srgb ([^/)]+)/)) || [];
  probe.remove();
  if (!channels) return color;
  const bytes = channels.trim().split(' ').map((channel) => Math.round(Math.min(1, Math.max(0, +channel)) * 255));
  return '#' + bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** Surely more messages than fill a window. */
const NEWEST = 64;

/**
 * Returns the newest messages of a transcript, and what hands over older ones when they are wanted: to read thousands takes longer than to
 * show a screenful.
 *
 * @param {object[]} messages
 */
const inPieces = (messages) => {
  let end = Math.max(0, messages.length - NEWEST);
  return {
    messages: messages.slice(end),
    earlier(/** @type {number} */ nMost) {
      const taken = messages.slice(Math.max(0, end - nMost), end);
      end -= taken.length;
      return JSON.stringify(taken);
    },
  };
};

/**
 * Returns the options as the engine wants them: absolute API address, colors in hexadecimal, a long transcript in pieces.
 *
 * @param {ShadowRoot} root
 * @param {Record<string, any>} given
 * @returns {Record<string, any>}
 * @throws {TypeError} names the option
 */
export const complete = (root, given) => {
  /** @type {Record<string, any>} */
  const options = { ...given, apiUrl: apiUrlOf(given.apiUrl) };
  if (options.primaryColor) options.primaryColor = hex(root, options.primaryColor);
  if (typeof options.theme?.accent == 'string') options.theme = { ...options.theme, accent: hex(root, options.theme.accent) };
  return options.messages ? Object.assign(options, inPieces(options.messages)) : options;
};
