import type lunr from 'lunr'

/** Stands in for the package in a page, which has loaded lunr as a script of its own. */
export default (globalThis as unknown as { readonly lunr: typeof lunr }).lunr
