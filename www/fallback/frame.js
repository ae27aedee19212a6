// The conversation in the gateway's frame, over the protocol of www/frame.js. Fails at once where the page refuses frames.

/** How long a frame that has loaded may take to say so. A refused one loads too, as an empty page. */
const GRACE_MILLIS = 2000;

/** Options that are no frame's business: the panel is ours, and functions can not cross. */
const OURS = /^(on[A-Z].*|position|autoOpen|offset|buttonSize|buttonIcon|zIndex|preload|renderers|tools|words)$/;

/** Events that the panel itself tells of. */
const PANEL_EVENTS = ['load', 'open', 'close', 'destroy'];

/**
 * Whether a frame is worth a try. A secret must not become part of an address, a function can not; and the frame itself, if that is where
 * we are, is refused what its page is.
 *
 * @param {URL} address
 * @param {Record<string, any>} options
 */
export const mayBeFramed = (address, options) =>
  typeof WebAssembly == 'object' &&
  location.origin != 'null' &&
  /^http/.test(address.protocol) &&
  !(location.origin == address.origin && location.pathname == address.pathname) &&
  !options.apiKey &&
  !options.getToken &&
  !options.headers;

export class Frame {
  /** The conversation as its events have told it. @type {any[]} */
  messages = [];
  #frame;
  #origin;
  #life = new AbortController();
  #nCalls = 0;
  #emit;

  /**
   * Opens the frame in the panel.
   *
   * @param {HTMLElement} panel
   * @param {URL} address
   * @param {Record<string, any>} options
   * @param {(name: string, detail: unknown) => void} emit
   * @param {AbortSignal} signal
   * @returns {Promise<Frame>}
   * @throws where the page does not let it in, or nothing of ours is there
   */
  static async open(panel, address, options, emit, signal) {
    const query = new URLSearchParams({ parentOrigin: location.origin });
    for (const [name, value] of Object.entries(options)) {
      if (!OURS.test(name)) query.set(name, typeof value == 'string' ? value : JSON.stringify(value));
    }
    const frame = document.createElement('iframe');
    frame.className = 'frame';
    frame.title = options.title || 'Chat';
    frame.allow = 'clipboard-write';
    // An isolated page takes only frames that say they are isolated, or that come without their cookies.
    if (globalThis.crossOriginIsolated) /** @type {any} */ (frame).credentialless = true;
    frame.src = address.href + '?' + query;
    const conversation = new Frame(frame, address.origin, emit);
    try {
      const isThere = conversation.#isThere(signal);
      panel.append(frame);
      await isThere;
    } catch (cause) {
      conversation.destroy();
      throw cause;
    }
    return conversation;
  }

  /** @param {HTMLIFrameElement} frame @param {string} origin @param {(name: string, detail: unknown) => void} emit */
  constructor(frame, origin, emit) {
    this.#frame = frame;
    this.#origin = origin;
    this.#emit = emit;
    addEventListener('message', this, this.#life);
  }

  /** @param {MessageEvent} event */
  handleEvent({ data, origin, source }) {
    if (source != this.#frame.contentWindow || origin != this.#origin || data?.assisters != 'event') return;
    const { name, detail } = data;
    if (name == 'message' || name == 'message-sent') this.messages.push(detail);
    if (name == 'conversation-clear') this.messages = [];
    if (!PANEL_EVENTS.includes(name)) this.#emit(name, detail);
  }

  /** @param {string} name @param {any[]} args */
  call(name, args) {
    const sent = name == 'update' ? [Object.fromEntries(Object.entries(args[0]).filter(([option]) => !OURS.test(option)))] : args;
    this.#frame.contentWindow?.postMessage({ assisters: 'call', id: ++this.#nCalls, name, args: sent }, this.#origin);
  }

  focus() {
    this.#frame.focus();
  }

  destroy() {
    this.#life.abort();
    this.#frame.remove();
  }

  /** Waits for the frame's first word. @param {AbortSignal} signal */
  #isThere(signal) {
    const life = new AbortController();
    /** @type {Promise<void>} */
    const isThere = new Promise((resolve, reject) => {
      addEventListener('message', ({ source, origin }) => source == this.#frame.contentWindow && origin == this.#origin && resolve(), life);
      /** @param {SecurityPolicyViolationEvent} event */
      const refused = ({ effectiveDirective, blockedURI }) => {
        if (/^(frame|child|default)-src/.test(effectiveDirective) && blockedURI.startsWith(this.#origin)) reject(new Error('refused by ' + effectiveDirective));
      };
      document.addEventListener('securitypolicyviolation', refused, life);
      this.#frame.addEventListener('load', () => setTimeout(() => reject(new Error('nothing answers from ' + this.#origin)), GRACE_MILLIS), life);
      signal.addEventListener('abort', () => reject(signal.reason), life);
    });
    return isThere.finally(() => life.abort());
  }
}
