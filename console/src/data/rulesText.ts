/** The rules' text and whether I have signed it: read once after log-in, and again when it was signed or published. */
import type { RulesTextPage } from "@/api/conduct";
import { http } from "@/api/http";
import { defineStore } from "pinia";
import { computed, ref } from "vue";

export const useRulesText = defineStore("rulesText", () => {
  const page = ref<RulesTextPage | null>(null);
  const current = computed(() => page.value?.versions.find((one) => one.version === page.value?.current) ?? null);
  const unsigned = computed(() => current.value !== null && page.value?.signed_at === null);
  const load = async () => { page.value = await http.get<RulesTextPage>("/api/rules-text"); };
  return { page, current, unsigned, load };
});
