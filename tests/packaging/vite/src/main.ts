import { type Handle, mount } from 'assisters-chat';

const apiUrl = new URLSearchParams(location.search).get('api') ?? undefined;
const chat: Handle = await mount({ assistant: 'helper', apiUrl });

// For the test, which asks it what is wrong.
Object.assign(window, { chat });

document.querySelector('#change')?.addEventListener('click', () => chat.update({ title: 'Changed' }));
document.querySelector('#unmount')?.addEventListener('click', () => chat.destroy());
