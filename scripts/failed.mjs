// What failed in the run of a part that has just ended, from the note that its runner left.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './steps.mjs';

/** Where each runner leaves its note. */
export const notes = {
  vitest: path.join(root, 'test-results', 'vitest.json'),
  pytest: path.join(root, '.pytest_cache', 'v', 'cache', 'lastfailed'),
  e2e: path.join(root, 'test-results', 'e2e-failed.json'),
};

/** The note of an earlier run says nothing about this one. */
export function forgetFailed() {
  for (const file of Object.values(notes)) rmSync(file, { force: true });
}

/** @param {string} file @returns {unknown} */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** The paths of files. @returns {string[]} */
export function failedOfVitest() {
  const { testResults = [] } = /** @type {{testResults?: {name: string, status: string}[]}} */ (read(notes.vitest) ?? {});
  return testResults.filter(({ status }) => status === 'failed').map(({ name }) => path.relative(root, name));
}

/** The ids of tests. @returns {string[]} */
export function failedOfPytest() {
  return Object.keys(/** @type {Record<string, true>} */ (read(notes.pytest) ?? {}));
}

/** @returns {import('./failed_tests.mjs').FailedTest[]} */
function failedTests() {
  return /** @type {import('./failed_tests.mjs').FailedTest[]} */ (read(notes.e2e) ?? []);
}

/** The paths of files. @returns {string[]} */
export function failedOfEndToEnd() {
  return [...new Set(failedTests().map(({ file }) => file))];
}

/** A line for each test, with what it said. @returns {string[]} */
export function toldByEndToEnd() {
  return failedTests().map(({ file, test, message }) => `${file}: ${test}: ${message}`);
}
