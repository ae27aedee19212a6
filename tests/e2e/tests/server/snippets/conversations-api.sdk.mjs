import { Assisters } from '@assisters/sdk';

const client = new Assisters({
  apiKey: process.env.ASSISTERS_API_KEY
});

// Create a conversation and send a message
async function chat() {
  const conversation = await client.conversations.create({
    assistantId: 'ast_abc123'
  });
  const response = await client.messages.create({
    conversationId: conversation.id,
    content: 'What are your business hours?'
  });
  console.log(response.content);
}

// Stream responses in real-time
async function streamChat() {
  const stream = await client.messages.stream({
    conversationId: 'conv_def456',
    content: 'Tell me about your products'
  });
  for await (const chunk of stream) {
    process.stdout.write(chunk.content);
  }
}
