// Runs in every page before its own scripts: counts frames and long tasks, and tells when something can be seen or used.
// It is given to the page as text, so it imports nothing. What it costs is printed beside the figures.

(() => {
  const channel = new MessageChannel();
  /** @type {((time: number) => boolean)[]} Asked after every frame until they say that they are done. */
  let watches = [];
  /** @type {number[]} */
  let frames = [];
  /** @type {number[]} */
  let longTasks = [];
  let isRunning = false;
  /** Since when the counts count. */
  let since = 0;
  /** When the mouse was last pressed. */
  let pressedAt = 0;
  addEventListener('pointerdown', ({ timeStamp }) => (pressedAt = timeStamp), true);

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) if (startTime + duration > since) longTasks.push(duration);
  }).observe({ type: 'longtask' });

  /** When the largest thing that came into sight did, and how far things moved without anybody's doing. */
  let [paint, shift] = [0, 0];
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) paint = startTime;
  }).observe({ type: 'largest-contentful-paint' });
  new PerformanceObserver((list) => {
    for (const entry of /** @type {(PerformanceEntry & { value: number })[]} */ (list.getEntries())) shift += entry.value;
  }).observe({ type: 'layout-shift' });

  // A message posted in a frame's callback is handled after that frame's style, layout and paint.
  channel.port1.onmessage = () => {
    const time = performance.now();
    watches = watches.filter((watch) => !watch(time));
  };

  /** @param {number} time */
  const frame = (time) => {
    if (isRunning) frames.push(time);
    if (watches.length > 0) channel.port2.postMessage(0);
    if (isRunning || watches.length > 0) requestAnimationFrame(frame);
    else isLooping = false;
  };
  let isLooping = false;
  const loop = () => {
    if (!isLooping) requestAnimationFrame(frame);
    isLooping = true;
  };

  /** Finds an element; `>>>` goes into a shadow root. @param {string} path @returns {any} */
  const find = (path) =>
    path.split(' >>> ').reduce((/** @type {any} */ root, selector) => {
      const found = root?.querySelectorAll(selector);
      const last = found?.[found.length - 1];
      return path.endsWith(selector) ? last : last?.shadowRoot;
    }, document);

  /** @param {any} element */
  const isShown = (element) => element?.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;

  /**
   * Whether what an element says ends with a mark, give or take a remark, and the visitor sees it: text that was not scrolled to is not read.
   *
   * @param {Element} element
   * @param {string} mark
   */
  const endsInSight = (element, mark) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let node = /** @type {Node} */ (element);
    while (node.lastChild) node = node.lastChild;
    walker.currentNode = node;
    for (let n = 0; n < 16; n += 1) {
      const current = walker.currentNode;
      const at = current.nodeType == Node.TEXT_NODE ? /** @type {Text} */ (current).data.lastIndexOf(mark) : -1;
      if (at >= 0) {
        const range = new Range();
        range.setStart(current, at);
        range.setEnd(current, at + mark.length);
        return range.getBoundingClientRect().bottom <= element.getBoundingClientRect().bottom + 1;
      }
      if (!walker.previousNode()) break;
    }
    return false;
  };

  /** @param {(time: number) => any} watch answers something true when it is done @returns {Promise<any>} */
  const when = (watch) =>
    new Promise((resolve) => {
      watches.push((time) => {
        const result = watch(time);
        if (result) resolve(result);
        return Boolean(result);
      });
      loop();
    });

  /** @param {DOMRect} rect */
  const centre = ({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2 });

  const probe = {
    /** Waits until an element is on screen and returns its middle. @param {string} path */
    shown: (path) =>
      when((time) => {
        const element = find(path);
        return isShown(element) && { time, ...centre(element.getBoundingClientRect()) };
      }),
    /** Waits until an input takes the focus. @param {string} path */
    usable: (path) =>
      when((time) => {
        const element = find(path);
        if (!isShown(element) || element.disabled) return false;
        element.focus();
        return element.getRootNode().activeElement == element && { time, ...centre(element.getBoundingClientRect()) };
      }),
    /** Waits until a frame has shown an element's text up to a mark near its end. @param {string} path @param {string} mark */
    says: (path, mark) => {
      /** Looked for once: to look through thousands of messages in each frame is work of ours, not of theirs. @type {any} */
      let element;
      return when((time) => {
        if (!element?.isConnected) element = find(path);
        return element && endsInSight(element, mark) && { time: performance.timeOrigin + time };
      });
    },
    start() {
      frames = [];
      longTasks = [];
      since = performance.now();
      isRunning = true;
      loop();
    },
    stop() {
      isRunning = false;
      const gaps = frames.slice(1).map((time, idx) => time - /** @type {number} */ (frames[idx]));
      return { gaps, longTasks };
    },
    /** How far the server's clock is ahead of the page's, in milliseconds: the answer that was fastest knows best. */
    async clock() {
      let best = { trip: Infinity, ahead: 0 };
      for (let n = 0; n < 8; n += 1) {
        const sent = performance.now();
        const theirs = Number(await (await fetch('/clock', { cache: 'no-store' })).text());
        const trip = performance.now() - sent;
        if (trip < best.trip) best = { trip, ahead: theirs - (performance.timeOrigin + sent + trip / 2) };
      }
      return best.ahead;
    },
    /** @param {number} millis */
    after: (millis) => new Promise((go) => setTimeout(go, millis)),
    origin: () => performance.timeOrigin,
    pressedAt: () => pressedAt,
    longTasksSoFar: () => longTasks,
    /** Waits until the page has been loaded for a second, and tells what a visitor had to bear: blocked is what long tasks take beyond 50 ms. */
    async settled() {
      if (document.readyState != 'complete') await new Promise((go) => addEventListener('load', go, { once: true }));
      await new Promise((go) => setTimeout(go, 1000));
      return { paint, shift, blocked: longTasks.reduce((sum, duration) => sum + duration - 50, 0) };
    },
    /** Waits until the browser says when it first painted something. */
    firstPaint: () => when(() => performance.getEntriesByName('first-paint')[0]?.startTime),
    /** Bytes of WebAssembly memory. */
    wasmBytes: () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
  };

  /** @type {WebAssembly.Memory[]} */
  const memories = [];
  /** @param {WebAssembly.Instance} instance */
  const note = (instance) => {
    for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) memories.push(value);
  };
  const { instantiate, instantiateStreaming } = WebAssembly;
  /** @param {Function} original */
  const noting = (original) => async (/** @type {any[]} */ ...args) => {
    const result = await original.apply(WebAssembly, args);
    note(result.instance ?? result);
    return result;
  };
  WebAssembly.instantiate = /** @type {any} */ (noting(instantiate));
  WebAssembly.instantiateStreaming = /** @type {any} */ (noting(instantiateStreaming));

  Object.defineProperty(window, 'benchProbe', { value: probe });
})();
