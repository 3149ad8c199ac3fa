// Stands in for @vscode/spdlog, the only compiled module that VS Code's server cannot do without: plain appending
// to the log file. With it no compiler is needed to install the editor.
const fs = require('node:fs');
const path = require('node:path');

class Logger {
  constructor(_kind, _name, file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.file = file;
    this.level = 2;
    this.plain = false;
  }
  write(level, name, message) {
    if (level < this.level) return;
    const prefix = this.plain ? '' : `${new Date().toISOString()} [${name}] `;
    const end = this.plain ? '' : '\n';
    fs.appendFileSync(this.file, `${prefix}${message}${end}`);
  }
  trace(message) { this.write(0, 'trace', message); }
  debug(message) { this.write(1, 'debug', message); }
  info(message) { this.write(2, 'info', message); }
  warn(message) { this.write(3, 'warning', message); }
  error(message) { this.write(4, 'error', message); }
  critical(message) { this.write(5, 'critical', message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.plain = true; }
  flush() {}
  drop() {}
}

async function createLogger(_name, file) {
  return new Logger('rotating', _name, file);
}

// VS Code imports these by name, so each needs a line of its own.
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;
