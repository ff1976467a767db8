/*
 * What speaks to a service over HTTP: the API's own client. It takes longer to load than everything
 * else that a preview loads together, so this module is loaded when a connection needs it. The
 * build puts the packages' code in here, and leaves the client's own way to credentials out:
 * `credentials.ts` stands for it.
 */
export {
  CodeStarClient,
  CreateUserProfileCommand,
  DeleteUserProfileCommand,
  DescribeUserProfileCommand,
  ListUserProfilesCommand,
  UpdateUserProfileCommand,
} from "@aws-sdk/client-codestar";
export { NodeHttpHandler } from "@smithy/node-http-handler";
export { DefaultRateLimiter } from "@smithy/util-retry";
