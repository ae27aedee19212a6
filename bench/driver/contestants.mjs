// Who is measured, and where the parts of each are that a visitor uses. `>>>` goes into a shadow root.

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} title
 * @property {string} page
 * @property {string} historyPage with `?history=n` for n earlier messages
 * @property {string} [launcher] what is clicked to get the input; without one the input is there from the start
 * @property {string} [close] what puts the open panel away
 * @property {string} input
 * @property {string} transcript what the messages are in
 */

/** @type {Contestant[]} */
export const CONTESTANTS = [
  {
    name: 'assisters',
    title: 'Assisters Chat',
    page: '/assisters.html',
    historyPage: '/assisters-history.html',
    launcher: 'assisters-chat >>> [part~="launcher"]',
    close: 'assisters-chat >>> [part~="close"]',
    input: 'assisters-chat >>> [part~="input"]',
    transcript: 'assisters-chat >>> [part~="messages"]',
  },
  {
    name: 'floor',
    title: 'plain JavaScript, no Markdown',
    page: '/floor.html',
    historyPage: '/floor.html',
    launcher: '.launcher',
    input: '.panel textarea',
    transcript: '.log',
  },
  {
    name: 'eager-floor',
    title: 'the same, painted at every event',
    page: '/floor.html?eager',
    historyPage: '/floor.html',
    launcher: '.launcher',
    input: '.panel textarea',
    transcript: '.log',
  },
  {
    name: 'streamdown',
    title: 'Streamdown 2.7.1 + React 19',
    page: '/streamdown.html',
    historyPage: '/streamdown.html',
    input: '.panel textarea',
    transcript: '.log',
  },
  {
    name: 'deep-chat',
    title: 'deep-chat 2.4.2',
    page: '/deep-chat.html',
    historyPage: '/deep-chat.html',
    input: 'deep-chat >>> #text-input',
    transcript: 'deep-chat >>> #messages',
  },
];
