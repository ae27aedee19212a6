import type { Message } from './events.js';

/** The HTTP API the widget speaks. */
export type Dialect = 'chat' | 'conversations' | 'threads' | 'execute' | 'informer' | 'openai';

/** The corner of the window the launcher sits in, or `inline` for a panel that fills its element. */
export type Position = 'bottom-right' | 'bottom-left' | 'top-right' | 'top-left' | 'inline';

/** Colours, shapes and fonts, each one plain CSS value without `url()`. What is left out keeps its default. */
export interface ThemeTokens {
  /** Light, dark, or as the visitor's system says. Default `auto`. */
  mode?: 'auto' | 'light' | 'dark';
  /** The brand colour; every other accent colour is derived from it, so that text stays readable. */
  accent?: string;
  surface?: string;
  surfaceRaised?: string;
  surfaceSunken?: string;
  text?: string;
  textMuted?: string;
  border?: string;
  codeSurface?: string;
  font?: string;
  fontMono?: string;
  fontSize?: string;
  radius?: string;
  radiusBubble?: string;
  radiusControl?: string;
  shadow?: string;
  space?: string;
  /** Of the room above and below, a number: 0.8 is dense, 1.2 is airy. */
  density?: string;
  width?: string;
  height?: string;
}

/** The person who is chatting, as the site knows them. */
export interface User {
  /** The site's own identifier. */
  id?: string;
  /** A display name. */
  name?: string;
  /** An e-mail address. */
  email?: string;
}

/** One message of a transcript to start from. */
export interface TranscriptMessage {
  role: 'user' | 'assistant';
  content: string;
  /** An ISO 8601 date. */
  createdAt?: string;
}

/**
 * Makes what is shown in place of a formula, given as TeX. `display` is true for one on a line of its own. `null` leaves the source. One
 * that throws is reported once to the console, and the source stays.
 */
export type MathRenderer = (source: string, about: { display: boolean }) => Node | null | Promise<Node | null>;

/** Makes what is shown in place of a block of code, for example of a `mermaid` diagram. `null` leaves the code. */
export type CodeRenderer = (source: string, about: { language: string }) => Node | null | Promise<Node | null>;

/** The page's own renderers. */
export interface Renderers {
  math?: MathRenderer;
  code?: CodeRenderer;
}

/**
 * As much of JSON Schema as is checked before a tool runs. Other keywords reach the assistant and are not looked at here.
 */
export interface ToolSchema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, ToolSchema>;
  required?: string[];
  additionalProperties?: boolean | ToolSchema;
  items?: ToolSchema;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  [keyword: string]: unknown;
}

/** A function of the page that the assistant may call. */
export interface Tool {
  /** What it does and when to call it, in words for the assistant. */
  description?: string;
  /** What visitors see instead of the tool's name. */
  title?: string;
  /** The arguments, as a JSON Schema of an object. `run` is never called with arguments that do not match. */
  parameters?: ToolSchema;
  /**
   * Does the work and returns what the assistant is told: a string, or anything that JSON can say. What it throws is told too. `signal` is
   * aborted when the time is up.
   */
  run: (args: any, about: { signal: AbortSignal }) => unknown;
  /** How long `run` may take, in milliseconds. Default 30000. */
  timeoutMs?: number;
  /** Asks the visitor first: `true` in the widget's own words, or the question itself. */
  confirm?: boolean | string;
}

/** Where a file can be had once it is uploaded: an address that the assistant's server can read, or its id there. */
export interface UploadedFile {
  url?: string;
  /** Only requests of the dialects `threads` and `openai` have a place for it. */
  file_id?: string;
}

/** Which files visitors may attach, and where they go. */
export interface AttachmentOptions {
  /**
   * Media types (`image/*`, `application/pdf`) and ends of names (`.docx`), as a list or separated by commas. Default: images, PDF, plain text,
   * CSV and Markdown.
   */
  accept?: string | string[];
  /** The largest file. Default 10485760 (10 MB). */
  maxSizeBytes?: number;
  /** How many go with one message. Default 5. */
  maxFiles?: number;
  /**
   * Uploads a file. `signal` is aborted when the visitor removes it or the widget is destroyed; `progress` takes the share that is done, from 0
   * to 1. What it throws is told to the console, and the visitor can try again.
   */
  upload?: (file: File, how: { signal: AbortSignal; progress: (share: number) => void }) => UploadedFile | Promise<UploadedFile>;
}

/** A file that goes with a message: one of the two ways to find it, and what to call it. */
export interface Attachment extends UploadedFile {
  /** Default: the end of the address. */
  name?: string;
  /** Its media type; pictures are shown as such. */
  type?: string;
}

/** What every option but the assistant's name looks like. All are optional. */
export interface CommonOptions {
  /** Root of the API, absolute or relative to the page. Default: the origin of the script plus `/v1`. */
  apiUrl?: string;
  /** The API's dialect. Default `chat`. */
  dialect?: Dialect;
  /** A secret key. It works, but everybody who opens the page can read it: prefer a gateway or `getToken`. */
  apiKey?: string;
  /** Returns a short-lived token for this visitor. Asked again after a 401. */
  getToken?: () => string | Promise<string>;
  /** The person who is chatting. */
  user?: User;
  /** Sent along with the conversation, for example the page or the plan. */
  metadata?: Record<string, unknown>;
  /** Extra HTTP headers for every request. */
  headers?: Record<string, string>;
  /** Light, dark, as the visitor's system says, or an object of tokens. Default `auto`. */
  theme?: 'auto' | 'light' | 'dark' | ThemeTokens;
  /** The brand colour, as a CSS color. Default `#3b82f6`. */
  primaryColor?: string;
  /** Where the widget sits. Default `bottom-right`. */
  position?: Position;
  /** Distance from the two edges of the window, in CSS pixels. */
  offset?: { x?: number; y?: number };
  /** Diameter of the launcher in CSS pixels. Default 56. */
  buttonSize?: number;
  /** `chat`, `sparkle`, or the URL of an image, which is fetched with the engine. Default `chat`. */
  buttonIcon?: 'chat' | 'sparkle' | (string & {});
  /** Stacking order in the page. Default 9999. */
  zIndex?: number;
  /** Name in the panel's header. Default: the assistant's own. */
  title?: string;
  /** URL of the assistant's picture. */
  avatar?: string;
  /** First message of the assistant, shown without asking the server. */
  greeting?: string;
  /** Questions offered as buttons before the first message. */
  suggestions?: string[];
  /** A transcript to start from. */
  messages?: TranscriptMessage[];
  /** Continues this conversation of the server. */
  sessionId?: string;
  /** Hint in the empty input. Default `Type a message...`. */
  placeholder?: string;
  /** Opens the panel without being asked. */
  autoOpen?: boolean;
  /** Hides the "Powered by" line. */
  hideWatermark?: boolean;
  /** BCP 47 language tag of the widget's own words. Default: the page's language, else the browser's. */
  locale?: string;
  /** Overrides single phrases of the widget, such as `openChat` or `send`. */
  strings?: Record<string, string>;
  /** When the engine is fetched: on the visitor's first `intent`, or when the page is `idle`. Default `intent`. */
  preload?: 'intent' | 'idle';
  /** Where the conversation is remembered. Default `local`. */
  persist?: 'local' | 'session' | 'none';
  /** Shows answers while they are being written. Default true. */
  stream?: boolean;
  /**
   * Lets visitors attach files: by a button, the camera of a phone, pasting, or dropping them onto the panel. An object says which, and where
   * they go; without `upload` that is the gateway's `POST {apiUrl}/uploads`. In React, keep the object between renderings.
   */
  attachments?: boolean | AttachmentOptions;
  /**
   * Functions of the page that the assistant may call, by name (letters, digits, `_` and `-`). Offered in the dialects `threads`, `execute`,
   * `informer` and `openai`. In React, keep the object between renderings.
   */
  tools?: Record<string, Tool>;
  /** Shows tokens and cost below each answer, where the server says. */
  debug?: boolean;
  /** Colours code whose language is known. Default true. */
  highlight?: boolean;
  /** Show formulas and diagrams in place of their source, once they are complete. In React, keep the object between renderings. */
  renderers?: Renderers;
  /** Hosts an answer may link to (default: all) and load images from (default: none). */
  linkPolicy?: { hosts?: string[]; imageHosts?: string[] };
  /** What not every page wants; each is fetched when there is something for it to do. */
  extras?: Extras;
}

/** What not every page wants. */
export interface Extras {
  /** What a screen reader is told of an answer: all of it once it is finished (default), each sentence at a calm pace, or nothing. */
  announce?: 'answer' | 'sentences' | 'off';
  /** The panel's size on a desktop, until the visitor chooses another. Default `normal`. */
  size?: 'compact' | 'normal' | 'expanded' | 'full';
  /**
   * A menu in the header: start over, copy or download the conversation, the panel's size, larger text, and a switch for `sound`. Default true;
   * without it there is a button that starts over.
   */
  menu?: boolean;
  /** Lets visitors draw the panel to a size of their own. Default true. */
  resizable?: boolean;
  /** On a phone, the back button or gesture closes the panel. Default true. */
  backCloses?: boolean;
  /** A key that opens and closes the panel, such as `Alt+C`. Default none. */
  shortcut?: string;
  /** Dictation, and answers read out, where the browser can. `name` is a voice's, `language` a BCP 47 tag. */
  voice?: boolean | { language?: string; name?: string; rate?: number };
  /** Questions before the first message; what is answered becomes `user`. Of `consent`, a text is asked in place of ours. */
  form?: boolean | { name?: boolean; email?: boolean; consent?: boolean | string };
  /** A bubble beside the closed launcher, once for each visitor. Wants `preload: 'idle'`. */
  greeter?: {
    /** Default: the greeting. */
    text?: string;
    /** Default 5, if nothing else is named. */
    delaySecs?: number;
    /** From 0 to 1, how far the page has been scrolled. */
    scrollDepth?: number;
    /** When the pointer leaves the window at its top. */
    exitIntent?: boolean;
  };
  /** Lets visitors choose who answers, in the header: of these, or (`true`) of all that the API lists. */
  assistants?: true | string[];
  /** Says when people are back, while they are not there. */
  hours?: {
    /** Such as `Europe/Oslo`. Default: the visitor's. */
    timeZone?: string;
    /** By day, such as `09:00-17:00`. */
    open: Partial<Record<'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun', string>>;
  };
  /**
   * Questions that are offered below the newest answer until the visitor sends something: a list, or a function that is given the answer. What the
   * visitor has asked already is not offered again.
   */
  followUps?: string[] | ((answer: Message) => string[] | Promise<string[]>);
  /** Shows how many answers are unseen in the page's title. Default false. */
  unreadInTitle?: boolean;
  /** Plays a short sound for an answer that nobody looks at. Default false. */
  sound?: boolean;
}
