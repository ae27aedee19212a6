// Which line of a menu a key goes to: the keys of the menu pattern of the ARIA Authoring Practices. Knows no element.

/**
 * @param {string} key
 * @param {string} typed the letters typed so far one soon after the other, in lower case, the key's own the last
 * @param {number} at the line that has the focus
 * @param {string[]} labels
 * @returns {number | undefined} nothing where the key is not the menu's
 */
export const itemFor = (key, typed, at, labels) => {
  const n = labels.length;
  if (key == 'ArrowDown') return (at + 1) % n;
  if (key == 'ArrowUp') return (at + n - 1) % n;
  if (key == 'Home') return 0;
  if (key == 'End') return n - 1;
  if (key.length != 1 || key == ' ' || !typed) return undefined;
  // The same letter again goes on to the next that begins with it; several letters may mean the line that is there.
  const isOneLetter = [...typed].every((letter) => letter == typed[0]);
  const wanted = isOneLetter ? typed[0] : typed;
  for (let step = isOneLetter ? 1 : 0; step <= n; step++) {
    const line = (at + step + n) % n;
    if (labels[line]?.trim().toLowerCase().startsWith(wanted)) return line;
  }
  return undefined;
};
