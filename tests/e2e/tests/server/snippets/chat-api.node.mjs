const ASSISTERS_API_KEY = process.env.ASSISTERS_API_KEY;
async function chat(assistantSlug, message, sessionId = null) {
  const response = await fetch('https://api.assisters.dev/v1/chat', {
    method: 'POST',
    headers: {
      'Authorization': `Bearer ${ASSISTERS_API_KEY}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify({
      assistant: assistantSlug,
      message: message,
      session_id: sessionId
    })
  });
  if (!response.ok) {
    throw new Error(`API error: ${response.status}`);
  }
  return response.json();
}
// Usage
const result = await chat('pricing-advisor', 'How should I price my SaaS?');
console.log(result.response);
