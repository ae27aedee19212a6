// What is said about files. The owner's `strings` override single sentences, under these keys.

/** @type {Record<string, string>} */
export const WORDS = {
  attachFiles: 'Attach files',
  attachPhoto: 'Take a photo',
  attachDrop: 'Drop files here to attach them',
  attachList: 'Attached files',
  attachRemove: 'Remove {name}',
  attachRetry: 'Try again to upload {name}',
  attachUploading: 'Uploading {name}',
  attachReady: '{name} is attached.',
  attachRemoved: '{name} was removed.',
  attachType: "{name} can't be sent here. Allowed: {types} — up to {size}.",
  attachSize: '{name} is too large ({actual}). Allowed: {types} — up to {size}.',
  attachEmpty: '{name} is empty.',
  attachCount: '{name} was left out: at most {count} files go with one message.',
  attachFailed: '{name} could not be uploaded. What you wrote is kept.',
  attachLater: '{name} could not be uploaded: too many files right now. Please wait a moment.',
  attachWaiting: 'Your message will be sent as soon as the upload is done.',
  attachBlocked: '{name} could not be uploaded. Try again or remove it, then send your message.',
  attachImages: 'images',
  attachVideos: 'videos',
  attachAudio: 'audio',
  attachTexts: 'text files',
  attachAnything: 'all files',
};

/**
 * Returns a sentence with its gaps filled.
 *
 * @param {Record<string, string> | undefined} strings the owner's
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export const say = (strings, key, values = {}) =>
  (strings?.[key] || WORDS[key]).replace(/\{(\w+)\}/g, (gap, name) => '' + (values[name] ?? gap));
