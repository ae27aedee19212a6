// The script tag's global and the custom element, as a page sees them.

import 'assisters-chat/element';

// The vendor's one-widget API.
const assisters = window.Assisters;
if (assisters) {
  await assisters.init({ assisterId: 'pricing-advisor', theme: 'auto', position: 'bottom-left', primaryColor: '#0f766e', buttonSize: 60 });
  assisters.open();
  assisters.toggle();
  assisters.sendMessage('Hi');
  assisters.isOpen() satisfies boolean;
  (await assisters.ready).messages();
  assisters.close();
  assisters.destroy();
  // @ts-expect-error no such call
  assisters.start();
  // @ts-expect-error no such position
  await assisters.init({ assistant: 'a', position: 'left' });
}

const element = document.createElement('assisters-chat');
element.assistant = 'helper';
element.offset = { x: 1, y: 2 };
element.handle?.open();
element.addEventListener('assisters:message', ({ detail }) => detail.content.length);
document.addEventListener('assisters:unread', ({ detail }) => detail.count.toFixed());
// @ts-expect-error no such position
element.position = 'middle';
// @ts-expect-error a number
element.buttonSize = '56';
// @ts-expect-error no such detail
element.addEventListener('assisters:message', ({ detail }) => detail.text);
