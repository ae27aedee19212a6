'use client';

import { useState } from 'react';
import { AssistersChat } from 'assisters-chat/react';

export function Chat({ apiUrl }) {
  const [isShown, setShown] = useState(true);
  const [title, setTitle] = useState('First');
  return (
    <>
      <button id="change" onClick={() => setTitle('Changed')}>Change</button>
      <button id="unmount" onClick={() => setShown(false)}>Unmount</button>
      {isShown && <AssistersChat assistantId="helper" apiUrl={apiUrl} title={title} />}
    </>
  );
}
