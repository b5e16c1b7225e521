import { settingFacts, settingNames } from "./settings";

/** The README's table of settings, as Markdown. */
export function settingsTable(): string {
  const rows = settingNames.map((name) => {
    const { env, secret, required, description } = settingFacts(name);
    const variables = env.map((variable) => `\`${variable}\``).join(", ");
    return `| \`${name}\` | ${variables} | ${required} | ${description}${secret === true ? ". Secret" : ""} |`;
  });
  return ["| Setting | Environment | Needed for | Meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
