/** Stands in for stem-plugin.ts in a page: there the plugins were loaded as scripts, and have installed themselves. */
export function installPlugin (_plugin: string): void {}
