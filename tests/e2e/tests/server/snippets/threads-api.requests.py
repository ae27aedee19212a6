import requests
try:
    response = requests.post(
        "https://api.assisters.ai/v1/assisters",
        headers={"Authorization": "Bearer YOUR_KEY"},
        json={"description": "Missing name"}
    )
    response.raise_for_status()
except requests.exceptions.HTTPError as e:
    error = e.response.json()
    print(f"Error {error['error']['code']}: {error['error']['message']}")
