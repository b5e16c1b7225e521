import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";

interface Locked {
  license?: string;
  dev?: boolean;
  link?: boolean;
  dependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync(path.join(repositoryRoot, "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};

/** What users may redistribute together with a package under Apache-2.0. */
const permissive = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT"];

/** Of what only Pulumi brings, licences of data and of a parser; the last one's text is that of MIT. */
const ofPulumi: Readonly<Record<string, string>> = {
  "node_modules/argparse": "Python-2.0",
  "node_modules/spdx-exceptions": "CC-BY-3.0",
  "node_modules/spdx-license-ids": "CC0-1.0",
  "node_modules/@logdna/tail-file": "SEE LICENSE IN LICENSE",
};

/** The packages in node_modules that programs of users get, the peer's among them. */
const shipped = Object.entries(packages).filter(
  ([folder, { dev, link }]) => folder.includes("node_modules/") && !dev && !link,
);

const isPermitted = (license: string | undefined) =>
  (license ?? "none")
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((one) => one.split(" AND ").every((part) => permissive.includes(part)));

describe("What the package depends on", () => {
  it("is a parser of arguments, HTTP and validation, and nothing else; none of them brings more packages", () => {
    const own = ["commander", "undici", "zod"];
    assert.deepEqual(Object.keys(packages[""]!.dependencies ?? {}).sort(), own);
    for (const name of own) assert.equal(packages[`node_modules/${name}`]!.dependencies, undefined, name);
  });

  it("has licences that go with its own, in all that an installation brings", () => {
    assert.ok(shipped.length > 2);
    const others = shipped.filter(([folder, { license }]) => !isPermitted(license) && ofPulumi[folder] !== license);
    assert.deepEqual(
      others.map(([folder, { license }]) => `${folder}: ${license}`),
      [],
    );
  });
});
