// deep-chat, fed through its documented hook: `connect` with `stream` and a handler.

import 'deep-chat';
import { streamAnswer } from './answer.js';
import { earlierMessages } from './history.js';

const chat = /** @type {any} */ (document.createElement('deep-chat'));
chat.style.cssText = 'width: 400px; height: 640px; border-radius: 16px';
chat.history = earlierMessages().map(({ role, content }) => ({ role: role == 'user' ? 'user' : 'ai', text: content }));
chat.connect = {
  stream: true,
  /** @param {any} body @param {any} signals */
  handler: async (body, signals) => {
    signals.onOpen();
    await streamAnswer(body.messages[0].text, (text) => signals.onResponse({ text }));
    signals.onClose();
  },
};
document.body.append(chat);
