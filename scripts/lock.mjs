// Writes requirements/*.txt anew: newest versions that fit, with hashes, no registry address inside.
import { requireVenv, root, run } from './steps.mjs';

const common = ['--python-version', '3.11', '--generate-hashes', '--no-header', '--no-annotate', '--no-emit-index-url', '--upgrade', '--quiet'];

/** @param {string[]} sources @param {string} target @param {string[]} options */
function compile(sources, target, options) {
  run(requireVenv('uv'), ['pip', 'compile', ...sources, ...common, ...options, '--output-file', target], { cwd: root });
  console.log(`wrote ${target}`);
}

// For one Python version and not universal: the oldest one needs the most packages, and the VSIX must suit all of them.
compile(['pyproject.toml'], 'requirements/bundle.txt', ['--no-emit-package', 'rpds-py']);
compile(['pyproject.toml', 'requirements/dev.in'], 'requirements/dev.txt', ['--universal', '--constraints', 'requirements/bundle.txt']);
compile(['requirements/runagent.in'], 'requirements/runagent.txt', ['--universal']);
