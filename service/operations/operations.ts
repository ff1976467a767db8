import type { Input, OperationName } from "../api/constraints";
import { createUserProfile } from "./createUserProfile";
import { deleteUserProfile } from "./deleteUserProfile";
import type { Dependencies, Scope } from "./dependencies";
import { describeUserProfile } from "./describeUserProfile";
import { listUserProfiles } from "./listUserProfiles";
import { updateUserProfile } from "./updateUserProfile";

export type Operation<O extends OperationName> = (input: Input<O>, scope: Scope) => Promise<object>;

export type Operations = { readonly [O in OperationName]: Operation<O> };

export const operations = (dependencies: Dependencies): Operations => ({
  CreateUserProfile: createUserProfile(dependencies),
  DescribeUserProfile: describeUserProfile(dependencies),
  UpdateUserProfile: updateUserProfile(dependencies),
  DeleteUserProfile: deleteUserProfile(dependencies),
  ListUserProfiles: listUserProfiles(dependencies),
});
