/**
 * The folders whose files are compiled and published; tsconfig.build.json and the
 * script `lint` name them too.
 */
export const sources = ["profile", "client", "roster", "files", "provider", "service", "cli"];
