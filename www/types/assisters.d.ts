import type { Callbacks, EventName, Listener, Message } from './events.js';
import type { Attachment, CommonOptions } from './options.js';

export type * from './events.js';
export type * from './options.js';

/** The assistant, under its name or one of the two older names. */
export type AssistantOption =
  | {
      /** Slug or identifier of the assistant. */
      assistant: string;
      assistantId?: string;
      assisterId?: string;
    }
  | {
      assistant?: string;
      /** Same as `assistant`. */
      assistantId: string;
      assisterId?: string;
    }
  | {
      assistant?: string;
      assistantId?: string;
      /** Same as `assistant`. */
      assisterId: string;
    };

/** Everything a widget can be told. Only the assistant is required. */
export type Options = AssistantOption & CommonOptions & Callbacks;

/** What `update` takes: any of the options; `undefined` brings an option's default back. */
export type OptionChanges = Partial<Record<'assistant' | 'assistantId' | 'assisterId', string>> & CommonOptions & Callbacks;

/** What goes along with one message. */
export interface MessageExtras {
  metadata?: Record<string, unknown>;
  /** Files that were uploaded before. A `TypeError` names what the dialect can not name to its server. */
  attachments?: Attachment[];
}

/** One thing `diagnose` found, and how to mend it. */
export interface Finding {
  /** Stable name of the finding, such as `wasm-refused`, `connect-refused`, `cors`, `origin-refused` or `covered`; the README lists them. */
  code: string;
  level: 'error' | 'warning';
  /** What is wrong. */
  problem: string;
  /** What the owner of the page can do about it. */
  fix: string;
}

/** One widget on the page. Calls made before the engine has arrived are carried out when it is there. */
export interface Handle {
  /** The widget's host element, `<assisters-chat>`. */
  readonly element: HTMLElement;
  /** Opens the panel. */
  open(): void;
  /** Closes the panel. */
  close(): void;
  /** Opens the panel if it is closed, closes it if it is open. */
  toggle(): void;
  /** Returns whether the panel is open, or about to be. */
  isOpen(): boolean;
  /** Sends a message as if the visitor had typed it. */
  sendMessage(text: string, extras?: MessageExtras): void;
  /** Stops the answer that is being written. */
  stop(): void;
  /** Asks for the last answer again. */
  regenerate(): void;
  /** Empties the conversation, here and on the server. */
  clear(): void;
  /** Returns the conversation so far. */
  messages(): Message[];
  /** Changes options; the conversation stays. Throws a `TypeError` as `mount` does. */
  update(changes: OptionChanges): void;
  /** Calls `listener` on every event of this name until the returned function is called. */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void;
  /** Finds out what is wrong, prints it to the console and returns it. */
  diagnose(): Promise<Finding[]>;
  /** Forgets all that is stored about this visitor in the browser. */
  forget(): void;
  /** Takes the widget off the page. May be called again; every other call then throws. */
  destroy(): void;
}

/**
 * Mounts a floating launcher in `<body>`, or a panel that fills `element`. Resolves as soon as the launcher (the panel) is shown;
 * rejects with a `TypeError` that names the option and its valid values.
 */
export function mount(options: Options): Promise<Handle>;
export function mount(element: Element, options: Options): Promise<Handle>;

/** Mounts the page's one widget; a second call replaces it. */
export function init(options: Options): Promise<Handle>;

/** Version of the widget. */
export const version: string;

/** The one global of the script tag. `open` and its like act on the widget of the script tag or of `init`. */
export interface AssistersGlobal
  extends Pick<Handle, 'open' | 'close' | 'toggle' | 'sendMessage' | 'isOpen' | 'destroy' | 'diagnose'> {
  mount: typeof mount;
  init: typeof init;
  /** The widget of the script tag, or else of the first `init`. */
  readonly ready: Promise<Handle>;
  readonly version: string;
}

declare global {
  interface Window {
    /** Defined by the script tag `assisters.js`. */
    Assisters?: AssistersGlobal;
  }
}
