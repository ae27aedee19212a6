// Vercel's Streamdown in a small React chat. The answer's state is set once per frame at most (the AI SDK sets it once per chunk unless it is told to
// throttle), and earlier messages are memoized: as fast as its users can make it without leaving its documentation.

import { memo, useLayoutEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Streamdown } from 'streamdown';
import { streamAnswer } from './answer.js';
import { earlierMessages } from './history.js';

/** @typedef {{ role: 'user' | 'assistant', content: string, isStreaming?: boolean }} Message */

const Shown = memo(function Shown(/** @type {{ message: Message }} */ { message: { role, content, isStreaming } }) {
  return <div className={`message ${role}`}>{role == 'user' ? content : <Streamdown isAnimating={isStreaming}>{content}</Streamdown>}</div>;
});

function Chat() {
  const [messages, setMessages] = useState(/** @type {() => Message[]} */ (earlierMessages));
  const [draft, setDraft] = useState('');
  const log = useRef(/** @type {HTMLDivElement | null} */ (null));
  const isAtEnd = useRef(true);

  useLayoutEffect(() => {
    if (log.current && isAtEnd.current) log.current.scrollTop = log.current.scrollHeight;
  }, [messages]);

  const send = async () => {
    const question = draft.trim();
    if (!question) return;
    setDraft('');
    setMessages((known) => [...known, { role: 'user', content: question }, { role: 'assistant', content: '', isStreaming: true }]);
    let content = '';
    let frame = 0;
    /** @param {boolean} isStreaming */
    const show = (isStreaming) => {
      frame = 0;
      setMessages((known) => [...known.slice(0, -1), { role: 'assistant', content, isStreaming }]);
    };
    await streamAnswer(question, (text) => {
      content += text;
      frame ||= requestAnimationFrame(() => show(true));
    });
    cancelAnimationFrame(frame);
    show(false);
  };

  return (
    <div className="panel">
      <div
        className="log"
        ref={log}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < 32;
        }}
      >
        {messages.map((message, idx) => (
          <Shown key={idx} message={message} />
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          rows={1}
          placeholder="Type a message..."
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key != 'Enter' || event.shiftKey) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
        <button>Send</button>
      </form>
    </div>
  );
}

createRoot(document.body.appendChild(document.createElement('main'))).render(<Chat />);
