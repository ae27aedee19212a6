// The bag of a shop that sells nothing: counts what was added and says so. Knows nothing of the chat.

const count = document.querySelector('[data-bag]');

for (const button of document.querySelectorAll('[data-add]')) {
  button.addEventListener('click', () => {
    if (!count) return;
    count.textContent = String(Number(count.textContent) + 1);
    button.textContent = 'In your bag';
  });
}
