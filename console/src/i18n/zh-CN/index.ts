import desk from "./desk";
import pages from "./pages";
import shell from "./shell";
import timeline from "./timeline";

const messages = { ...shell, ...desk, ...pages, timeline };

type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> };
export type Messages = Words<typeof messages>;
export default messages;
