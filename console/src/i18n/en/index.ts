import audit from "./audit";
import type { Messages } from "../zh-CN";
import catalogue from "./catalogue";
import desk from "./desk";
import dutyRoom from "./dutyRoom";
import ladder from "./ladder";
import office from "./office";
import pages from "./pages";
import papers from "./papers";
import phone from "./phone";
import policy from "./policy";
import profile from "./profile";
import report from "./report";
import shell from "./shell";
import timeline from "./timeline";
import wall from "./wall";

const messages: Messages = { dutyRoom, ...shell, ...audit, ...catalogue, ...desk, ...pages, ...papers, ...ladder, ...office, ...phone, ...policy, ...profile, ...report, timeline, ...wall };
export default messages;
