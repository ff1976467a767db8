import { processSession } from "./processSession";
import { rosterProvider } from "./rosterProvider";

/*
 * The provider of whole rosters. As with profile.ts the module itself is the provider, and state
 * holds the line `exports.handler = () => require("pulumi-codestar/roster-provider")`.
 */

const provider = rosterProvider(processSession);
export const { check, configure, create, diff, read, update } = provider;
const remove = provider.delete;

export { remove as delete };
