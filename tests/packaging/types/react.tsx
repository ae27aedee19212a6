// The props of the Assisters documents, unchanged, and mistakes that must not compile.

import { useRef } from 'react';
import { AssistersChat, type AssistersChatProps, type Handle } from 'assisters-chat/react';
import Default from 'assisters-chat/react';

export function Documented() {
  return (
    <AssistersChat
      assistantId="ast_abc123"
      theme="light"
      position="bottom-right"
      placeholder="Ask me anything..."
      onMessage={(msg) => console.log('New message:', msg)}
    />
  );
}

export function WithHandle(props: AssistersChatProps) {
  const handle = useRef<Handle | null>(null);
  return (
    <>
      <button onClick={() => handle.current?.open()}>Help</button>
      <Default ref={handle} {...props} className="box" style={{ blockSize: 400 }} />
    </>
  );
}

export const mistakes = [
  // @ts-expect-error the assistant is missing
  <AssistersChat theme="light" />,
  // @ts-expect-error no such theme
  <AssistersChat assistantId="a" theme="pink" />,
  // @ts-expect-error no such prop
  <AssistersChat assistantId="a" colour="red" />,
  // @ts-expect-error a function
  <AssistersChat assistantId="a" onMessage="alert" />,
  // @ts-expect-error it has no children
  <AssistersChat assistantId="a">Help</AssistersChat>,
];
