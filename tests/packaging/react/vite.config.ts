import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // The package lies in the workspace's folder, this project's React may lie in its own.
  resolve: { dedupe: ['react', 'react-dom'] },
});
