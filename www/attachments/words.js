// What is said about files. The owner's `strings` override single sentences, under these keys.

import { filled } from '../engine/plural.js';

/** @type {Record<string, string | Record<string, string>>} */
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
  attachCount: {
    one: '{name} was left out: at most {count} file goes with one message.',
    other: '{name} was left out: at most {count} files go with one message.',
  },
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
 * @param {Record<string, string | Record<string, string>> | undefined} strings the owner's, and those of the language
 * @param {string} key
 * @param {Record<string, string | number>} [values] `count` chooses between the forms of a sentence
 * @param {string} [locale]
 */
export const say = (strings, key, values = {}, locale) => filled(strings?.[key] || WORDS[key], values, locale);
