// What the widget says without the engine.

/** Words that an owner can replace by `strings`, as in src/config/strings.rs. @type {Record<string, string>} */
export const PHRASES = {
  openChat: 'Open chat',
  closeChat: 'Close chat',
  title: 'Chat',
  greeting: 'Hi! How can I help you today?',
  placeholder: 'Type a message...',
  messageLabel: 'Your message',
  messages: 'Messages',
  send: 'Send message',
  stop: 'Stop answering',
  retry: 'Try again',
  stopped: 'You stopped this answer.',
  networkError: 'The connection was lost. What you wrote is kept.',
  serverError: 'Something went wrong on our side.',
};

/** @param {Record<string, any>} options @param {string} name */
export const phrase = (options, name) => options.strings?.[name] || options.words?.[name] || PHRASES[name];
