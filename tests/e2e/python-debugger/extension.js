// As the real extension does for "attach": the debugger that listens in the program speaks the protocol itself.
const vscode = require('vscode');

/** @param {import('vscode').ExtensionContext} context */
exports.activate = (context) => {
  const factory = {
    /** @param {import('vscode').DebugSession} session */
    createDebugAdapterDescriptor: ({ configuration }) =>
      new vscode.DebugAdapterServer(configuration['connect'].port, configuration['connect'].host),
  };
  context.subscriptions.push(vscode.debug.registerDebugAdapterDescriptorFactory('debugpy', factory));
};
