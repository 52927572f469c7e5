/** HTTP in one place: JSON in, JSON out, and every refusal becomes a ProblemError that a person can read. */
import type { Problem } from "./basics";

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
    this.name = "ProblemError";
  }
}

/** The service could not be reached, or answered something that is not ours (a proxy's page, say). */
export function unreachable(status = 0): Problem {
  return {
    code: "unreachable",
    status,
    zh: "联系不上呼叫中心服务。",
    en: "The call-centre service cannot be reached.",
    remedy_zh: "请检查网络后再试;仍不行请告诉值班主任。",
    remedy_en: "Check the network and try again; if it stays so, tell the duty supervisor.",
    rule: null,
  };
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "zh" in value && "en" in value;
}

export function toProblem(error: unknown): Problem {
  return error instanceof ProblemError ? error.problem : unreachable();
}

let whenLoggedOut: () => void = () => undefined;
/** The session store listens here: any 401 `not_logged_in` means the log-in page, wherever it came from. */
export function onLoggedOut(listener: () => void): void {
  whenLoggedOut = listener;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json();
    if (isProblem(body)) return body;
  } catch {
    // Not JSON: fall through to the general words.
  }
  return unreachable(response.status);
}

async function send(method: string, path: string, body?: BodyInit, type?: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      body,
      credentials: "same-origin",
      headers: type ? { "Content-Type": type } : {},
    });
  } catch {
    throw new ProblemError(unreachable());
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.code === "not_logged_in") whenLoggedOut();
  throw new ProblemError(problem);
}

async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await send(method, path, text, text === undefined ? undefined : "application/json");
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export const http = {
  get: <T>(path: string) => json<T>("GET", path),
  post: <T>(path: string, body?: unknown) => json<T>("POST", path, body),
  patch: <T>(path: string, body: unknown) => json<T>("PATCH", path, body),
  put: <T>(path: string, body: unknown) => json<T>("PUT", path, body),
  delete: <T>(path: string) => json<T>("DELETE", path),
  blob: async (path: string) => (await send("GET", path)).blob(),
};

/** The JSON values of a text, one in a line; a line that is not whole yet is left out. */
function lines(text: string, whole: boolean): unknown[] {
  const found = text.split("\n");
  if (!whole) found.pop();
  return found.filter(Boolean).flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return []; // a proxy's page, say: no answer of ours
    }
  });
}

/** Upload with progress: fetch cannot report how much has gone out, XMLHttpRequest can. */
export function upload<T>(path: string, file: File, onProgress: (share: number) => void, onLine: (line: unknown) => void = () => undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    // Work that takes long is told line by line; the last line is the answer.
    request.setRequestHeader("Accept", "application/x-ndjson, application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onprogress = () => {
      const told = lines(request.responseText, false).at(-1);
      if (told) onLine(told);
    };
    request.onerror = () => reject(new ProblemError(unreachable()));
    request.onload = () => {
      const body = lines(request.responseText, true).at(-1);
      // An answer that has begun to be told keeps its 200: then the problem is its last line.
      if (request.status >= 200 && request.status < 300 && !isProblem(body)) resolve(body as T);
      else {
        const problem = isProblem(body) ? body : unreachable(request.status);
        if (problem.code === "not_logged_in") whenLoggedOut();
        reject(new ProblemError(problem));
      }
    };
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
}

export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}
