import { useState } from 'react';
import { AssistersChat } from 'assisters-chat/react';

const apiUrl = new URLSearchParams(location.search).get('api') ?? undefined;

/** In a file of its own, so that Fast Refresh swaps it while the page stays. */
export default function App() {
  const [isShown, setShown] = useState(true);
  const [title, setTitle] = useState('First');
  const [heard, setHeard] = useState<string[]>([]);
  return (
    <>
      <button id="change" onClick={() => setTitle('Changed')}>Change</button>
      <button id="unmount" onClick={() => setShown(false)}>Unmount</button>
      {/* What each answer says: a new function in every render is no change of the widget. */}
      <p id="heard">{heard.join(' | ')}</p>
      {isShown && (
        <AssistersChat
          assistantId="helper"
          apiUrl={apiUrl}
          title={title}
          theme="light"
          position="bottom-right"
          placeholder="Ask us"
          onMessage={(message) => setHeard([...heard, message.content])}
        />
      )}
    </>
  );
}
