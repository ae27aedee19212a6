async function sendWithRetry(conversationId, content, maxRetries = 3) {
  for (let i = 0; i < maxRetries; i++) {
    try {
      return await client.messages.create({ conversationId, content });
    } catch (error) {
      if (error.code === 'rate_limit_exceeded') {
        await sleep(error.details.retry_after * 1000);
      } else if (error.status >= 500 && i < maxRetries - 1) {
        await sleep(Math.pow(2, i) * 1000);
      } else {
        throw error;
      }
    }
  }
}
