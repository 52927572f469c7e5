/** What a seat says at which moment: the server's list, read once. */
import { http } from "@/api/http";
import type { Script } from "@/api/members";
import { defineStore } from "pinia";
import { ref } from "vue";

export const useScripts = defineStore("scripts", () => {
  const scripts = ref<Script[]>([]);
  let asked: Promise<void> | null = null;

  /** Quietly: a call is not worse for it if they cannot be read; the next case asks again. */
  function load(): Promise<void> {
    asked ??= http.get<Script[]>("/api/scripts").then(
      (found) => void (scripts.value = found),
      () => void (asked = null),
    );
    return asked;
  }
  return { scripts, load };
});
