import { settingFacts, settingNames } from "./settings";

/** The README's table of settings, as Markdown. */
export function settingsTable(): string {
  const rows = settingNames.map((name) => {
    const { env, secret, required, description, found } = settingFacts(name);
    const variables = env.map((variable) => `\`${variable}\``).join(", ");
    const meaning = `${description}${secret === true ? ". Secret" : ""}`;
    return `| \`${name}\` | ${variables} | ${required} | ${meaning} | ${found ?? ""} |`;
  });
  return [
    "| Setting | Environment | Needed for | Meaning | Where it is found |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
