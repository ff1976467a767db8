import { unsecret } from "@pulumi/pulumi";
import { CodeStarRoster } from "pulumi-codestar";

const roster = new CodeStarRoster("people", { files: "rosters" });

// Who they are is secret, how many is not.
export const headcount = unsecret(roster.people.apply((people) => Object.keys(people).length));
