// Keeps a floating widget in the page while the page swaps its body: Turbo puts another in its place, htmx and others fill it anew.

/**
 * @param {HTMLElement} host
 * @param {AbortController} life
 */
export const stayInPage = (host, life) => {
  // What lies elsewhere, or is an element of the page's own, is the page's business.
  if (host.parentElement != document.body || /** @type {any} */ (host).handle) return;
  const observer = new MutationObserver((records) => {
    observe();
    /** Whether the host went together with its place. Taken out with nothing put in its stead, it was meant. @param {MutationRecord} record */
    const isSwap = ({ addedNodes, removedNodes }) => addedNodes.length && [...removedNodes].some((node) => node.contains(host));
    if (!host.isConnected && records.some(isSwap)) document.body.append(host);
  });
  const observe = () => {
    observer.observe(document.documentElement, { childList: true });
    observer.observe(document.body, { childList: true });
  };
  observe();
  life.signal.addEventListener('abort', () => observer.disconnect());
};
