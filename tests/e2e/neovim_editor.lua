-- A configuration opened in Neovim with nothing but its built-in LSP client, for the sessions beside.
-- Environment: SERVER (JSON list: the server's command), CONFIG (file to open), REPORT (file to write).
local limit_ms = 120000
local config = vim.env.CONFIG
local root = vim.fn.fnamemodify(config, ':h')
local editor = { progress = {} }

function editor.fail(message)
  vim.fn.writefile({ vim.json.encode({ failure = message }) }, vim.env.REPORT)
  vim.cmd('cquit 1')
end

function editor.wait(what, condition)
  if not vim.wait(limit_ms, condition, 50) then editor.fail('not in time: ' .. what) end
end

local client_id = vim.lsp.start_client({
  name = 'runagent',
  cmd = vim.json.decode(vim.env.SERVER),
  root_dir = root,
  workspace_folders = { { uri = vim.uri_from_fname(root), name = 'agent' } },
  capabilities = vim.lsp.protocol.make_client_capabilities(),
  handlers = {
    ['$/progress'] = function(_, result)
      if result.value.message then table.insert(editor.progress, result.value.message) end
    end,
  },
})

-- Opens a file of the agent; gives its buffer.
function editor.open(path)
  vim.cmd('edit ' .. vim.fn.fnameescape(path))
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.buf_attach_client(buffer, client_id)
  return buffer
end

editor.root = root
editor.limit_ms = limit_ms
editor.buffer = editor.open(config)
editor.wait('initialized', function()
  editor.client = vim.lsp.get_client_by_id(client_id)
  return editor.client ~= nil and editor.client.initialized
end)

-- What is underlined, as lines counted from 0 with their messages.
function editor.diagnostics(buffer)
  return vim.tbl_map(function(d) return { line = d.lnum, message = d.message } end, vim.diagnostic.get(buffer))
end

function editor.execute(command, argument)
  local answer = editor.client.request_sync('workspace/executeCommand', {
    command = command,
    arguments = { vim.tbl_extend('force', { configUri = vim.uri_from_fname(config) }, argument) },
    workDoneToken = command,
  }, limit_ms, editor.buffer)
  if answer == nil then return editor.fail(command .. ' was not answered') end
  if answer.err then return editor.fail(command .. ': ' .. vim.inspect(answer.err)) end
  return answer.result
end

function editor.request(method, params)
  return editor.client.request_sync(method, params, limit_ms, editor.buffer).result
end

-- Writes the report and ends.
function editor.finish(report)
  report.progress = editor.progress
  vim.fn.writefile({ vim.json.encode(report) }, vim.env.REPORT)
  editor.client.stop()
  editor.wait('the server ended', function() return vim.lsp.client_is_stopped(client_id) end)
  vim.cmd('qall!')
end

return editor
