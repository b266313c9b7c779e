import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'

const nodeTestCalls = ['test', 'it', 'describe', 'suite'].map((name) => ({ from: 'package', package: 'node:test', name }))

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'node_modules/', 'data/', 'test/fixtures/'] },
  ...neostandard({ ts: true }),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@stylistic/max-len': ['error', { code: 140, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: nodeTestCalls }],
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Does not know that a closure may change what a loop waits for.
      'no-unmodified-loop-condition': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      'no-void': 'off'
    }
  },
  { files: ['src/**/*.ts'], ignores: ['src/cli/**'], rules: { 'no-console': 'error' } },
  // A test may hand in a double that has only what the code under test uses.
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-member-access': 'off' } },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] }
)
