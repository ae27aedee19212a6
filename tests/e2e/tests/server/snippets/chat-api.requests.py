import requests
import os
ASSISTERS_API_KEY = os.environ['ASSISTERS_API_KEY']
BASE_URL = 'https://api.assisters.dev/v1'
def chat(assistant_slug, message, session_id=None):
    response = requests.post(
        f'{BASE_URL}/chat',
        headers={
            'Authorization': f'Bearer {ASSISTERS_API_KEY}',
            'Content-Type': 'application/json'
        },
        json={
            'assistant': assistant_slug,
            'message': message,
            'session_id': session_id
        }
    )
    response.raise_for_status()
    return response.json()
# Usage
result = chat('pricing-advisor', 'How should I price my SaaS?')
print(result['response'])
