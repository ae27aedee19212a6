// Stands in for the package that a document's snippets import: each method is the documented request, by real fetch.

const base = "https://api.assisters.io/v1";

/** An error answer, with what the document's retry reads of it. */
class ApiError extends Error {
  constructor(status, { code, message, details }) {
    super(message);
    Object.assign(this, { status, code, details });
  }
}

export class Assisters {
  constructor({ apiKey }) {
    const post = async (path, body, accept = "application/json") => {
      const headers = { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json", Accept: accept };
      const response = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
      if (!response.ok) throw new ApiError(response.status, (await response.json()).error);
      return response;
    };
    this.conversations = {
      create: async ({ assistantId }) => (await post("/conversations", { assistant_id: assistantId })).json(),
    };
    this.messages = {
      create: async ({ conversationId, content }) => (await post(`/conversations/${conversationId}/messages`, { content })).json(),
      stream: async ({ conversationId, content }) =>
        deltas(await post(`/conversations/${conversationId}/messages/stream`, { content }, "text/event-stream")),
    };
  }
}

/** The documented frames that have text. */
async function* deltas(response) {
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines.filter((line) => line.startsWith("data:"))) {
      const frame = JSON.parse(line.slice(5));
      if (frame.type === "delta") yield frame;
    }
  }
}
