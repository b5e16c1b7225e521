import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/**", "**/node_modules/**", "**/bin/**"] },
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
    files: ["examples/{aws-autoscaling,azure-vmss,gcp-mig}/*.ts"],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    // an example is loaded anew for each run
    files: ["tests/examples/mockedClouds.ts", "tests/engine/scaling.test.ts"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    // mocha and sinon read better with promises in their callbacks and with plain functions as arguments
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-floating-promises": "error", "@typescript-eslint/require-await": "off" },
  },
);
