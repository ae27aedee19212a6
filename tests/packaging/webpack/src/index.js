import { mount } from 'assisters-chat';

const apiUrl = new URLSearchParams(location.search).get('api');

mount({ assistant: 'helper', apiUrl }).then((chat) => {
  // For the test, which asks it what is wrong.
  window.chat = chat;
  document.querySelector('#change').addEventListener('click', () => chat.update({ title: 'Changed' }));
  document.querySelector('#unmount').addEventListener('click', () => chat.destroy());
});
