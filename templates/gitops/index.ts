import { CodeStarRoster } from "pulumi-codestar";

new CodeStarRoster("people", { files: "rosters" });
