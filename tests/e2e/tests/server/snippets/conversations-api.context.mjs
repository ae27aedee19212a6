// Good: Maintains context
const conv = await client.conversations.create({ assistantId });
await client.messages.create({ conversationId: conv.id, content: "Hi" });
await client.messages.create({ conversationId: conv.id, content: "What's my order status?" });

// Bad: Loses context
await client.messages.create({ conversationId: newId1, content: "Hi" });
await client.messages.create({ conversationId: newId2, content: "What's my order status?" });
