import type { Attachment } from './options.js';

/** A passage an answer rests on. */
export interface Source {
  title: string;
  url?: string;
  /** From 0 to 1. */
  relevance?: number;
}

/** Tokens an answer has used. */
export interface Usage {
  input?: number;
  output?: number;
  total?: number;
}

/** One message of the conversation. */
export interface Message {
  id: string;
  role: 'user' | 'assistant';
  content: string;
  status?: 'streaming' | 'done' | 'failed' | 'stopped';
  sources?: Source[];
  /** The files that the visitor sent with it. */
  attachments?: Attachment[];
  usage?: Usage | null;
  /** What the answer cost, where the server says. */
  cost?: number | null;
  /** An ISO 8601 date. */
  createdAt?: string;
}

/** What went wrong, for the owner of the page. The visitor has already been told in plain words. */
export interface ErrorDetail {
  /** `engine` when the widget itself could not be loaded or stopped; otherwise the kind of API error, such as `rate-limited`. */
  kind: string;
  message: string;
  /** The API's own error code. */
  code?: string | null;
  /** The HTTP status. */
  status?: number | null;
  /** Seconds the server asks to wait. */
  retryAfter?: number | null;
  cause?: unknown;
}

/** The visitor's verdict on one answer, `null` when they take it back. */
export interface FeedbackDetail {
  messageId: string;
  rating: 'up' | 'down' | null;
  comment?: string;
}

/** The assistant's call of a tool, the page's or the server's own, as soon as its arguments are known. */
export interface ToolCallDetail {
  id: string;
  name: string;
  arguments: unknown;
}

/** Every event and the detail it carries. On the host element each is a `CustomEvent` named `assisters:<name>`. */
export interface EventMap {
  /** The launcher (inline: the panel) is shown. */
  load: null;
  /** The panel has opened. */
  open: null;
  /** The panel has closed. */
  close: null;
  /** An answer is complete. */
  message: Message;
  /** The visitor's message was sent. */
  'message-sent': Message;
  /** The first words of an answer have arrived. */
  'stream-start': Message;
  /** An answer has ended: complete, stopped or failed. */
  'stream-end': Message;
  /** Something failed. */
  error: ErrorDetail;
  feedback: FeedbackDetail;
  'tool-call': ToolCallDetail;
  /** A conversation has begun on the server. */
  'conversation-start': { sessionId: string };
  /** The conversation was cleared. */
  'conversation-clear': null;
  /** The number of messages the visitor has not seen has changed. */
  unread: { count: number };
  /** The widget was destroyed. */
  destroy: null;
}

/** Name of an event. */
export type EventName = keyof EventMap;

/** Called with the detail of an event, and the DOM event itself. */
export type Listener<Name extends EventName> = (detail: EventMap[Name], event: CustomEvent<EventMap[Name]>) => void;

/** `on…` options: each is the event of the same name. */
export interface Callbacks {
  onLoad?: Listener<'load'>;
  onOpen?: Listener<'open'>;
  onClose?: Listener<'close'>;
  onMessage?: Listener<'message'>;
  onMessageSent?: Listener<'message-sent'>;
  onStreamStart?: Listener<'stream-start'>;
  onStreamEnd?: Listener<'stream-end'>;
  onError?: Listener<'error'>;
  onFeedback?: Listener<'feedback'>;
  onToolCall?: Listener<'tool-call'>;
  onConversationStart?: Listener<'conversation-start'>;
  onConversationClear?: Listener<'conversation-clear'>;
  onUnread?: Listener<'unread'>;
  onDestroy?: Listener<'destroy'>;
}

/** Every event as it arrives on the host element and bubbles to the page. */
export type HostEventMap = { [Name in EventName as `assisters:${Name}`]: CustomEvent<EventMap[Name]> };
