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

/**
 * Returns the options as the engine wants them: absolute API address, colors in hexadecimal.
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
  return options;
};
