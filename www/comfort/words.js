// What is said by what makes an open panel comfortable. The words of the language and the owner's `strings` go before, under these keys.

import { filled } from '../engine/plural.js';

/** @type {Record<string, string | Record<string, string>>} */
export const WORDS = {
  menu: 'More',
  startOver: 'Start over',
  copyAll: 'Copy conversation',
  copied: 'Copied',
  download: 'Download conversation',
  you: 'You',
  sizes: 'Size of the chat',
  sizeCompact: 'Compact',
  sizeNormal: 'Normal',
  sizeWide: 'Wide',
  sizeFull: 'Full window',
  largeText: 'Larger text',
  sound: 'Sound',
  followUps: 'Questions to go on with',
  expand: 'Expand',
  shrink: 'Shrink',
  resize: 'Resize the chat',
  offline: 'You are offline. What you write is kept.',
  dismiss: 'Dismiss',
  assistants: 'Who answers',
  voiceDictate: 'Dictate',
  voiceStop: 'Stop dictating',
  voiceListening: 'Listening…',
  voiceDenied: 'The microphone is not allowed on this page.',
  voiceFailed: 'Nothing was understood. Please try again.',
  voiceRead: 'Read aloud',
  voiceQuiet: 'Stop reading aloud',
  formName: 'Name',
  formEmail: 'E-mail',
  formConsent: 'I agree that these details are used to answer me.',
  formStart: 'Start chat',
  formRequired: 'Please fill this in.',
  formEmailWrong: 'Please enter a valid e-mail address.',
  away: 'The team is away right now (back: {time}). The assistant still answers.',
};

/**
 * Returns a sentence with its gaps filled.
 *
 * @param {Record<string, any>} options with the words of the language among `strings`
 * @param {string} key
 * @param {Record<string, string | number>} [values] `count` chooses between the forms of a sentence
 */
export const say = ({ strings, locale }, key, values = {}) => filled(strings?.[key] || WORDS[key], values, locale);
