/**
 * The names of resources and functions in Pulumi's package schema, as the native form and the
 * mocks of unit tests know them.
 */
export const tokens = {
  UserProfile: "codestar:index:UserProfile",
  Roster: "codestar:index:Roster",
  getUserProfile: "codestar:index:getUserProfile",
  listUserProfiles: "codestar:index:listUserProfiles",
} as const;

/** The types under which states hold the dynamic form: they may never change. */
export const dynamicTypes = {
  UserProfile: "pulumi-nodejs:dynamic/codestar:CodeStarUserProfile",
  Roster: "pulumi-nodejs:dynamic/codestar:CodeStarRoster",
} as const;
