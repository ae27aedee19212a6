/** @type {import('next').NextConfig} */
export default {
  reactStrictMode: true,
  // The workspace's root, two folders up in a real one; said here so that no lock file outside is looked for.
  turbopack: { root: new URL('..', import.meta.url).pathname },
};
