// The tag this script came by, while the browser still says so. Also what `import.meta.url` stands for in a classic script.

export const tag = /** @type {HTMLScriptElement} */ (document.currentScript);
export const scriptUrl = tag.src;
