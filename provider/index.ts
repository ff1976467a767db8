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
} from "./program/functions";
export { CodeStarUserProfile, type CodeStarUserProfileArgs } from "./program/profileResource";
export {
  CodeStarRoster,
  type CodeStarRosterArgs,
  type RosterArgs,
  rosterProfiles,
} from "./program/rosterResource";
