import type { Surroundings } from '../../../src/web/view/surroundings.ts'

/** For messages that answer none. */
export const alone: Surroundings = { answered: new Map(), permalink: uid => `/r/lounge/m/${uid}`, showsEdits: false }
