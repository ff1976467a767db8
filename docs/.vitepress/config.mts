import { readdirSync } from "node:fs";
import { defineConfig } from "vitepress";

const home = "https://github.com/pulumi-codestar/pulumi-codestar";

/** The pages of a folder, by the first heading that their names stand for. */
const pagesIn = (folder: string) =>
  readdirSync(new URL(`../${folder}`, import.meta.url))
    .filter((name) => name.endsWith(".md"))
    .map((name) => ({ text: titleOf(name), link: `/${folder}/${name.slice(0, -3)}` }));

const titleOf = (name: string) => {
  const words = name.slice(0, -3).replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export default defineConfig({
  title: "pulumi-codestar",
  description:
    "AWS CodeStar user profiles for Pulumi: declared, compared with what is live, repaired.",
  cleanUrls: true,
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config(md) {
      // Links that leave docs/ lead to the repository.
      md.core.ruler.push("repository links", (state) => {
        for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.attrGet("href") ?? "";
          if (!href.startsWith("../")) continue;
          const path = href.replace(/^(?:\.\.\/)+/, "");
          if (state.env.relativePath.split("/").length - 1 < href.split("../").length - 1) {
            token.attrSet("href", `${home}/blob/main/${path}`);
          }
        }
      });
    },
  },
  themeConfig: {
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: home }],
    nav: [
      { text: "Tutorial", link: "/tutorial" },
      { text: "Reference", link: "/reference/program" },
    ],
    sidebar: [
      {
        text: "Tutorial",
        items: [{ text: "From nothing to GitOps", link: "/tutorial" }],
      },
      { text: "How-to", items: pagesIn("how-to") },
      {
        text: "Guides",
        items: [
          { text: "Profiles", link: "/profiles" },
          { text: "Rosters", link: "/rosters" },
          { text: "GitOps", link: "/gitops" },
          { text: "Other languages and import", link: "/native" },
          { text: "Automation API", link: "/automation-api" },
          { text: "Run the service", link: "/service" },
          { text: "Back up the service", link: "/backup" },
          { text: "SSH logins", link: "/sshd" },
        ],
      },
      {
        text: "Reference",
        items: [
          { text: "In a program", link: "/reference/program" },
          { text: "Settings", link: "/reference/settings" },
          { text: "Roster format", link: "/reference/roster-format" },
          { text: "Commands", link: "/reference/commands" },
          { text: "Errors", link: "/reference/errors" },
          { text: "API", link: "/api" },
        ],
      },
      {
        text: "Explanation",
        items: [
          { text: "How drift is seen", link: "/how-drift-is-seen" },
          { text: "Beside other ways", link: "/comparison" },
          { text: "Scaling", link: "/scaling" },
          { text: "Glossary", link: "/glossary" },
        ],
      },
      { text: "Decisions", items: pagesIn("decisions") },
    ],
  },
});
