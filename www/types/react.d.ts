import type { CSSProperties, ForwardRefExoticComponent, RefAttributes } from 'react';
import type { Handle, Options } from './assisters.js';

export type * from './assisters.js';

/** Every option, plus the class and style of the box an inline widget fills. */
export type AssistersChatProps = Options & {
  /** Class of the box; `position="inline"` only. */
  className?: string;
  /** Style of the box; `position="inline"` only. */
  style?: CSSProperties;
};

/** The chat widget. A changed prop is an `update`: the conversation stays. The ref is the widget's handle. */
export const AssistersChat: ForwardRefExoticComponent<AssistersChatProps & RefAttributes<Handle | null>>;
export default AssistersChat;
