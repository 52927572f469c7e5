/** Which red boards are on the screen. Several may be (a case in the drawer over one's own): only the last listens to keys. */
import { shallowReactive } from "vue";

export const openBoards = shallowReactive<symbol[]>([]);
