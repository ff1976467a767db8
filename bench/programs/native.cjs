// This package's native plugin.
const { UserProfile } = require("pulumi-codestar/native");
const people = require("./people.json");

for (const { name, ...args } of people) new UserProfile(name, args);
