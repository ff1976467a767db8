import { processSession } from "./processSession";
import { profileProvider } from "./profileProvider";

/*
 * The provider of single profiles. The module itself is the provider: state holds the
 * line `exports.handler = () => require("pulumi-codestar/provider")`, and the host calls
 * the functions exported here.
 */

const provider = profileProvider(processSession);
export const { check, configure, create, diff, read, update } = provider;
const remove = provider.delete;

export { remove as delete };
