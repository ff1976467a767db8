export {
  type GetUserProfileArgs,
  type GetUserProfileOutputArgs,
  type GetUserProfileResult,
  getUserProfile,
  getUserProfileOutput,
  type ListUserProfilesArgs,
  type ListUserProfilesOutputArgs,
  type ListUserProfilesResult,
  listUserProfiles,
  listUserProfilesOutput,
  type UserProfileSummary,
} from "./functions";
export { CodeStarUserProfile, type CodeStarUserProfileArgs } from "./resource";
export {
  CodeStarRoster,
  type CodeStarRosterArgs,
  type RosterArgs,
  rosterProfiles,
} from "./rosterResource";
