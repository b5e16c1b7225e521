import tseslint from "typescript-eslint";

/** What the files of a room do not import: the rooms above it, as its README lists them. */
const room = (files, ...above) => ({
  files: [files],
  rules: {
    "@typescript-eslint/no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: above.map((name) => `**/${name}/**`), message: "Imports go one way: see the rooms' README." },
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ["dist/**", "coverage/**", "reports/**", ".stryker-tmp/**", "**/node_modules/**", "**/bin/**"] },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["tsconfig.json", "tests/tsconfig.json", "examples/*/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    // zod and undici are loaded by the first call that needs them, not by everybody who imports the package;
    // the demo loads the quickstart anew for each operation
    files: ["provider/**/*.ts", "tests/demo.ts"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    // the clouds' packages are not there for the linter; npm run test:examples checks the types
    files: ["examples/{aws-autoscaling,aws-service-edge,azure-vmss,gcp-mig,kubernetes}/*.ts"],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    // an example is loaded anew for each run
    files: ["tests/examples/mockedClouds.ts", "tests/engine/scaling.test.ts"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  room("sdk/settings/*.ts", "http", "auth", "rateLimit", "request", "resources", "provider", "tests"),
  room("sdk/http/*.ts", "auth", "rateLimit", "request", "resources", "provider", "tests"),
  room("sdk/auth/*.ts", "rateLimit", "request", "resources", "provider", "tests"),
  room("sdk/rateLimit/*.ts", "http", "auth", "request", "resources", "settings", "provider", "tests"),
  room("sdk/request/*.ts", "resources", "provider", "tests"),
  room("sdk/resources/*.ts", "http", "auth", "rateLimit", "settings", "provider", "tests"),
  room("provider/model/*.ts", "program", "process", "cli", "tests"),
  room("provider/program/**/*.ts", "process", "cli", "tests"),
  room("provider/process/*.ts", "program", "cli", "tests"),
  room("tests/simulator/*.ts", "sdk", "provider"),
  {
    // mocha and sinon read better with promises in their callbacks and with plain functions as arguments
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-floating-promises": "error", "@typescript-eslint/require-await": "off" },
  },
);
