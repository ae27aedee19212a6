try {
  const response = await fetch('https://api.assisters.dev/v1/chat', {
    method: 'POST',
    headers: {
      'Authorization': `Bearer ${apiKey}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify({ assistant, message })
  });
  if (!response.ok) {
    const error = await response.json();
    switch (error.error.code) {
      case 'insufficient_funds':
        // Prompt to add wallet funds
        break;
      case 'rate_limit_exceeded':
        // Implement backoff
        break;
      default:
        // Handle other errors
    }
  }
} catch (e) {
  // Network error
}
