from assisters import Assisters

client = Assisters(api_key="YOUR_API_KEY")

# Create conversation and chat
conversation = client.conversations.create(
    assistant_id="ast_abc123"
)
response = client.messages.create(
    conversation_id=conversation.id,
    content="What services do you offer?"
)
print(response.content)

# Stream responses
stream = client.messages.stream(
    conversation_id=conversation.id,
    content="Explain your pricing in detail"
)
for chunk in stream:
    print(chunk.content, end="", flush=True)
