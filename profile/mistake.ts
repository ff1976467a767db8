import { isAbsolute, relative, resolve, sep } from "node:path";

/** The folder of the rooms: `dist` in what is published. */
const rooms = resolve(__dirname, "..");

/** They throw the like when what they are sent is not what they expect. */
const ofOthers = /^client\/(awsSdk|credentials|configuredRegion)\.|(^|\/)node_modules\//;

/**
 * What to tell of a mistake in this package, as a clause: a value was not what the code takes it
 * for. Undefined for every other error, such as those that code makes to be told, of Node.js or of
 * other packages.
 */
export function mistakeOf(error: unknown): string | undefined {
  if (!(error instanceof TypeError) && !(error instanceof ReferenceError)) return undefined;
  const [, place = ""] = /^\s+at (?:.*\()?(.+:\d+:\d+)\)?$/m.exec(error.stack ?? "") ?? [];
  const path = relative(rooms, place).split(sep).join("/");
  if (path.startsWith("..") || !isAbsolute(place) || ofOthers.test(path)) return undefined;
  const { bugs } = require("pulumi-codestar/package.json") as { bugs: string };
  return (
    `pulumi-codestar itself makes a mistake (${error.name}: ${error.message}, at ${path}); ` +
    `please report this line at ${bugs}`
  );
}
