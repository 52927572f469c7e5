/** Choices about the phone belong to this computer: its headset is not another's. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`phone.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`phone.${name}`, value);
  } catch {
    // Without storage the choice lasts for this visit.
  }
}
