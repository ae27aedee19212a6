// The ES module. Importing it does nothing, also where there is no window.

export { init, mount, version } from './shell/mount.js';
