// A roster of this package.
const { CodeStarRoster } = require("pulumi-codestar");

new CodeStarRoster("people", { files: "roster.json" });
