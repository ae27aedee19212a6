import { defineConfig } from 'vite';

export default defineConfig({
  // As for every package that brings WebAssembly: the development server must not bundle it away from its files.
  optimizeDeps: { exclude: ['assisters-chat'] },
});
