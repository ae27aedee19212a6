// Asks the bench's server and hands on the answer as it streams: what every contestant but ours is fed by.

/**
 * Sends a message and calls `onText` for each piece of the answer. Pieces that arrived together are handed on together, in one task.
 *
 * @param {string} message
 * @param {(text: string) => void} onText
 * @returns {Promise<void>} settled at the end of the answer
 */
export const streamAnswer = async (message, onText) => {
  const response = await fetch('/v1/chat/stream', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify({ assistant: 'bench', message }),
  });
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const frames = (rest + chunk.value).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const data = frame.slice(frame.indexOf('data: ') + 6);
      const event = JSON.parse(data);
      if (event.type == 'chunk') onText(event.content);
    }
  }
};
