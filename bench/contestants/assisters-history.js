// Our widget with a transcript to start from.

import { earlierMessages } from './history.js';

const start = () => /** @type {any} */ (window).Assisters.init({ assistant: 'bench', apiUrl: '/v1', messages: earlierMessages() });

if ('Assisters' in window) start();
else document.querySelector('script[async]')?.addEventListener('load', start);
