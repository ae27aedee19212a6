async function chatStream(assistant, message, onChunk) {
  const response = await fetch('https://api.assisters.dev/v1/chat/stream', {
    method: 'POST',
    headers: {
      'Authorization': `Bearer ${ASSISTERS_API_KEY}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify({ assistant, message })
  });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    const chunk = decoder.decode(value);
    const lines = chunk.split('\n').filter(line => line.startsWith('data:'));
    for (const line of lines) {
      const data = JSON.parse(line.slice(5));
      if (data.type === 'chunk') {
        onChunk(data.content);
      }
    }
  }
}
// Usage
await chatStream('pricing-advisor', 'Explain value-based pricing', (chunk) => {
  process.stdout.write(chunk);
});
