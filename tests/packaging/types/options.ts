// Every option with a value it takes, and for each kind of mistake a line that must not compile: an expected error that does not come is an error.

import { type Handle, init, mount, type Options, version } from 'assisters-chat';

export const all: Options = {
  assistant: 'helper',
  apiUrl: 'https://chat.example/v1',
  dialect: 'openai',
  apiKey: 'ask_…',
  getToken: async () => 'token',
  user: { id: '7', name: 'Kari', email: 'kari@shop.example' },
  metadata: { plan: 'pro', cart: [1, 2] },
  headers: { 'x-shop': 'no' },
  theme: { mode: 'dark', accent: '#0f766e', radius: '8px' },
  primaryColor: '#3b82f6',
  position: 'bottom-left',
  offset: { x: 1 },
  buttonSize: 64,
  buttonIcon: 'https://shop.example/icon.svg',
  zIndex: 3,
  title: 'Help',
  avatar: '/a.png',
  greeting: 'Hello',
  suggestions: ['One'],
  messages: [{ role: 'user', content: 'Hi', createdAt: '2026-01-28T14:30:00Z' }],
  sessionId: 'sess_1',
  placeholder: 'Ask',
  autoOpen: true,
  hideWatermark: true,
  locale: 'nb',
  strings: { send: 'Send' },
  preload: 'idle',
  persist: 'session',
  stream: false,
  highlight: false,
  renderers: { math: (source, { display }) => (display ? document.createTextNode(source) : null) },
  linkPolicy: { hosts: ['shop.example'], imageHosts: [] },
  onMessage: ({ id, role, content, sources, usage }) => [id, role, content, sources?.[0]?.url, usage?.total],
  onError: ({ kind, status, retryAfter }, event) => [kind, status, retryAfter, event.type],
  onUnread: ({ count }) => count.toFixed(),
  onStreamStart: ({ content }) => content.length,
};

const chat: Handle = await mount(all);
await mount(document.body, { assistantId: 'helper' });
await init({ assisterId: 'helper' });
version.split('.');

chat.sendMessage('Hi', { metadata: { page: 1 } });
chat.update({ title: undefined, position: 'top-left' });
const off: () => void = chat.on('unread', ({ count }) => count.toFixed());
off();
for (const { role, content, status } of chat.messages()) role satisfies 'user' | 'assistant' as unknown, content.length, status;
for (const { level, problem, fix } of await chat.diagnose()) level satisfies 'error' | 'warning' as unknown, problem.length, fix.length;
chat.element.shadowRoot;

// @ts-expect-error the assistant is missing
await mount({ title: 'Help' });
// @ts-expect-error no such option
await mount({ assistant: 'helper', colour: 'red' });
// @ts-expect-error no such position
await mount({ assistant: 'helper', position: 'middle' });
// @ts-expect-error no such dialect
await mount({ assistant: 'helper', dialect: 'smoke' });
// @ts-expect-error no such theme
await mount({ assistant: 'helper', theme: 'pink' });
// @ts-expect-error no such token
await mount({ assistant: 'helper', theme: { akzent: '#fff' } });
// @ts-expect-error no such place
await mount({ assistant: 'helper', persist: 'always' });
// @ts-expect-error not a moment
await mount({ assistant: 'helper', preload: 'now' });
// @ts-expect-error a number
await mount({ assistant: 'helper', buttonSize: '56px' });
// @ts-expect-error a list
await mount({ assistant: 'helper', suggestions: 'One' });
// @ts-expect-error a function
await mount({ assistant: 'helper', getToken: 'token' });
// @ts-expect-error no such event
await mount({ assistant: 'helper', onMesage: () => {} });
// @ts-expect-error no such detail
await mount({ assistant: 'helper', onMessage: ({ text }) => text });
// @ts-expect-error an element, not a selector
await mount('#chat', { assistant: 'helper' });
// @ts-expect-error no such event
chat.on('mesage', () => {});
// @ts-expect-error no such position
chat.update({ position: 'middle' });
// @ts-expect-error a text
chat.sendMessage(7);
