import type { Handle, HostEventMap, OptionChanges } from './assisters.js';

export type * from './assisters.js';

/**
 * `<assisters-chat assistant="…">`: every option is an attribute in kebab-case and a property in camelCase. Objects and arrays are
 * written as JSON in an attribute; functions are properties only.
 */
export interface AssistersChatElement extends Omit<HTMLElement, keyof OptionChanges>, ElementOptions {
  /** The widget's handle while the element is in the page. */
  readonly handle: Handle | undefined;
  addEventListener<Name extends keyof HostEventMap>(
    type: Name,
    listener: (this: AssistersChatElement, event: HostEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof HostEventMap>(
    type: Name,
    listener: (this: AssistersChatElement, event: HostEventMap[Name]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

type ElementOptions = { [Name in keyof OptionChanges]: OptionChanges[Name] };

declare global {
  interface HTMLElementTagNameMap {
    'assisters-chat': AssistersChatElement & HTMLElement;
  }
  interface HTMLElementEventMap extends HostEventMap {}
  interface DocumentEventMap extends HostEventMap {}
}
