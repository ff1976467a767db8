// This package.
const { CodeStarUserProfile } = require("pulumi-codestar");
const people = require("./people.json");

for (const { name, ...args } of people) new CodeStarUserProfile(name, args);
