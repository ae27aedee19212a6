// A conversation as a text that can be kept.

/** @typedef {{ role: string, content: string, sources?: { title: string, url?: string }[], createdAt?: string }} Told */

/**
 * Each message under who said it and when; an answer's sources below it.
 *
 * @param {Told[]} messages
 * @param {{ you: string, assistant: string, locale?: string }} names
 */
export const transcriptOf = (messages, { you, assistant, locale }) => {
  const format = new Intl.DateTimeFormat(locale || undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const texts = messages.map(({ role, content, sources = [], createdAt }) => {
    const at = new Date(createdAt || NaN);
    const time = Number.isNaN(at.getTime()) ? '' : ` (${format.format(at)})`;
    const rests = sources.map(({ title, url }) => `- ${[title, url].filter(Boolean).join(': ')}`);
    return [`${role == 'user' ? you : assistant}${time}:`, content.trim(), ...(rests.length ? ['', ...rests] : [])].join('\n');
  });
  return texts.join('\n\n') + '\n';
};

/** What a kept conversation is called: letters and digits of any script, and the day. @param {string} name @param {Date} day */
export const fileNameOf = (name, day) => {
  const date = new Date(day.getTime() - day.getTimezoneOffset() * 60e3).toISOString().slice(0, 10);
  return [name.replace(/[^\p{L}\p{N}\p{M}]+/gu, '-').replace(/^-|-$/g, ''), date].filter(Boolean).join('-') + '.txt';
};
