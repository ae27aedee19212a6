"""Stands in for the package that a document's snippets import: each method is the documented request, by real requests."""

import json
from types import SimpleNamespace

import requests

BASE = "https://api.assisters.io/v1"


class Assisters:
    def __init__(self, api_key):
        self.headers = {"Authorization": f"Bearer {api_key}"}
        self.conversations = SimpleNamespace(create=self._create_conversation)
        self.messages = SimpleNamespace(create=self._create_message, stream=self._stream_message)

    def _post(self, path, body, **more):
        response = requests.post(BASE + path, headers=self.headers, json=body, **more)
        response.raise_for_status()
        return response

    def _create_conversation(self, assistant_id):
        return SimpleNamespace(**self._post("/conversations", {"assistant_id": assistant_id}).json())

    def _create_message(self, conversation_id, content):
        return SimpleNamespace(**self._post(f"/conversations/{conversation_id}/messages", {"content": content}).json())

    def _stream_message(self, conversation_id, content):
        response = self._post(f"/conversations/{conversation_id}/messages/stream", {"content": content}, stream=True)
        for line in response.iter_lines(decode_unicode=True):
            if line.startswith("data:"):
                frame = json.loads(line[5:])
                if frame["type"] == "delta":
                    yield SimpleNamespace(**frame)
