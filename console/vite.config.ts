import vue from "@vitejs/plugin-vue";
import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const service = "http://127.0.0.1:8080";

/** What /api/docs shows the interface with lies beside the console: nothing is fetched from elsewhere. */
const apiDocs = () => ({
  name: "api-docs",
  apply: "build" as const,
  closeBundle() {
    const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
    for (const file of ["swagger-ui-bundle.js", "swagger-ui.css"]) copyFileSync(at(`./node_modules/swagger-ui-dist/${file}`), at(`./dist/api-docs/${file}`));
  },
});

export default defineConfig({
  plugins: [vue(), apiDocs()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    proxy: {
      "/api": service,
      "/ws": { target: service, ws: true },
      "/sip": { target: service, ws: true },
    },
  },
  build: {
    target: "es2022",
    // The Content-Security-Policy allows no data: scripts or fonts; keep every asset a file of our own.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      output: {
        // By path, not by package name: naming a package would pull all of it in, used or not.
        manualChunks: (id) =>
          /node_modules\/(vue|@vue|vue-router|pinia|vue-i18n|@intlify)\//.test(id) ? "vue" : /node_modules\/(element-plus|lodash|@vueuse|@popperjs|@floating-ui|dayjs|async-validator)/.test(id) ? "element-plus" : undefined,
      },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
  },
});
