// How requests may name a file.

/** Whether a dialect has a place for files that are named by an id. @param {string} dialect */
export const takesIds = (dialect) => /threads|openai/.test(dialect);

/** A file's address as others can read it, elsewhere. @param {string} url */
export const absolute = (url) => new URL(url, document.baseURI).href;
