import type { Messages } from "../zh-CN";
import desk from "./desk";
import pages from "./pages";
import shell from "./shell";
import timeline from "./timeline";

const messages: Messages = { ...shell, ...desk, ...pages, timeline };
export default messages;
