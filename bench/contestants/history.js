// The same earlier messages for every contestant, as many as the page's address asks for.

const ANSWERS = [
  'Yes. **Sixty days** from the day it arrived, unworn, in the box it came in. The label is in your account.',
  'Take the larger one:\n\n- thin socks: 42\n- thick socks: 43\n\nThe chart is on [the size page](https://shop.example/sizes).',
  'It left the warehouse on Tuesday. Use `FJ-2026-004711` at the carrier, and allow *two* days to the islands.',
  'Brush off the dirt, let them dry away from the stove, then wax the seams. Once a season is enough.',
];

/** Returns the messages, oldest first. @returns {{ role: 'user' | 'assistant', content: string }[]} */
export const earlierMessages = () => {
  const n = Number(new URLSearchParams(location.search).get('history'));
  return Array.from({ length: n }, (_, idx) =>
    idx % 2 == 0
      ? { role: 'user', content: `Question ${idx / 2 + 1}: what about my boots?` }
      : { role: 'assistant', content: `Answer ${(idx + 1) / 2}. ${ANSWERS[(idx >> 1) % ANSWERS.length]}` },
  );
};
