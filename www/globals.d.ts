// What the build puts into the bundles (`cargo xtask dist`). Paths are relative to the loader's own URL.

declare const __ENGINE_JS__: string;
declare const __ENGINE_WASM__: string;
declare const __ENGINE_JS_INTEGRITY__: string;
declare const __ENGINE_WASM_INTEGRITY__: string;
declare const __VERSION__: string;
/** Name of a part of the engine → its file beside the engine's script, and its hash. */
declare const __ENGINE_PARTS__: Record<string, [file: string, integrity: string]>;
declare const __PART_CONVERSATION__: string;
declare const __PART_ACTIVITY__: string;
declare const __PART_ATTACHMENTS__: string;
declare const __PART_DIALECTS__: string;
/** Name of a script that is fetched when it is needed → its file beside the engine's script, and its hash. */
declare const __ON_DEMAND__: Record<string, [file: string, integrity: string]>;
declare const __DIAGNOSE_JS__: string;
declare const __RENDER_JS__: string;
declare const __ATTACH_JS__: string;
declare const __HIGHLIGHT_JS__: string;
declare const __TOOLS_JS__: string;
declare const __FALLBACK_JS__: string;
declare const __LOCALES_JS__: string;
/** The same of the scripts that make an open panel comfortable. */
declare const __COMFORTS__: Record<string, [file: string, integrity: string]>;
declare const __COMFORT_JS__: string;
declare const __COMFORT_PHONE_JS__: string;
declare const __COMFORT_DESK_JS__: string;
declare const __COMFORT_ANNOUNCE_JS__: string;
declare const __COMFORT_VOICE_JS__: string;
declare const __COMFORT_OWNER_JS__: string;
declare const __COMFORT_ASSISTANTS_JS__: string;
declare const __COMFORT_MENU_JS__: string;
declare const __COMFORT_FOLLOW_UPS_JS__: string;
/** Tag of a language → its file beside the engine's script, and its hash. */
declare const __LOCALES__: Record<string, [file: string, integrity: string]>;
declare const __LOCALE_AR__: string;
declare const __LOCALE_CS__: string;
declare const __LOCALE_DA__: string;
declare const __LOCALE_DE__: string;
declare const __LOCALE_ES__: string;
declare const __LOCALE_FR__: string;
declare const __LOCALE_HE__: string;
declare const __LOCALE_HI__: string;
declare const __LOCALE_IT__: string;
declare const __LOCALE_JA__: string;
declare const __LOCALE_KO__: string;
declare const __LOCALE_NL__: string;
declare const __LOCALE_PL__: string;
declare const __LOCALE_PT_BR__: string;
declare const __LOCALE_RU__: string;
declare const __LOCALE_SV__: string;
declare const __LOCALE_TR__: string;
declare const __LOCALE_UK__: string;
declare const __LOCALE_ZH_CN__: string;
/** Whether this is one of the modules, which may end up in somebody's bundle. */
declare const __FOR_BUNDLERS__: boolean;

/** esbuild's text loader: the minified style sheet. */
declare module '*.css' {
  const text: string;
  export default text;
}

/** wasm-pack's glue, for a type check before the first build; afterwards pkg/ has the real one. */
declare module '*/assisters_chat.js' {
  export default function init(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  export class Widget {
    static fetchPartsBy(fetch: (name: string) => Promise<unknown>): void;
    constructor(host: HTMLElement, root: ShadowRoot, options: object);
  }
}
