import audit from "./audit";
import catalogue from "./catalogue";
import conduct from "./conduct";
import connections from "./connections";
import desk from "./desk";
import dutyRoom from "./dutyRoom";
import followUps from "./followUps";
import ladder from "./ladder";
import office from "./office";
import orders from "./orders";
import pages from "./pages";
import papers from "./papers";
import phone from "./phone";
import policy from "./policy";
import print from "./print";
import profile from "./profile";
import report from "./report";
import reports from "./reports";
import routing from "./routing";
import shell from "./shell";
import timeline from "./timeline";
import wall from "./wall";

const messages = { dutyRoom, reports, ...shell, ...audit, ...catalogue, ...connections, ...desk, ...pages, ...papers, ...followUps, ...conduct, ...ladder, ...office, ...orders, ...phone, ...policy, ...print, ...profile, ...report, ...routing, timeline, ...wall };

type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> };
export type Messages = Words<typeof messages>;
export default messages;
