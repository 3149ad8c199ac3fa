-- Opens an agent in Neovim with nothing but its built-in LSP client, and writes what it got as JSON.
-- Environment: SERVER (JSON list: the server's command), CONFIG (file to open), REPORT (file to write).
local limit_ms = 30000
local config = vim.env.CONFIG
local root = vim.fn.fnamemodify(config, ':h')
local progress = {}

local function fail(message)
  vim.fn.writefile({ vim.json.encode({ failure = message }) }, vim.env.REPORT)
  vim.cmd('cquit 1')
end

local function wait(what, condition)
  if not vim.wait(limit_ms, condition, 50) then fail('not in time: ' .. what) end
end

local capabilities = vim.lsp.protocol.make_client_capabilities()
local client_id = vim.lsp.start_client({
  name = 'runagent',
  cmd = vim.json.decode(vim.env.SERVER),
  root_dir = root,
  workspace_folders = { { uri = vim.uri_from_fname(root), name = 'agent' } },
  capabilities = capabilities,
  handlers = {
    ['$/progress'] = function(_, result)
      if result.value.message then table.insert(progress, result.value.message) end
    end,
  },
})

vim.cmd('edit ' .. vim.fn.fnameescape(config))
local buffer = vim.api.nvim_get_current_buf()
vim.lsp.buf_attach_client(buffer, client_id)
local client = nil
wait('initialized', function()
  client = vim.lsp.get_client_by_id(client_id)
  return client ~= nil and client.initialized
end)

-- 1. a mistake is underlined, and goes when it is put right
local good = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
local bad = {}
for _, line in ipairs(good) do
  local changed = line:gsub('"default"', '"langchian"')
  table.insert(bad, changed)
end
vim.api.nvim_buf_set_lines(buffer, 0, -1, false, bad)
wait('a diagnostic', function() return #vim.diagnostic.get(buffer) > 0 end)
local diagnostics = vim.tbl_map(function(d) return { line = d.lnum, message = d.message } end, vim.diagnostic.get(buffer))
vim.api.nvim_buf_set_lines(buffer, 0, -1, false, good)
wait('no diagnostic', function() return #vim.diagnostic.get(buffer) == 0 end)

-- 2. the lenses' commands run an entrypoint of the agent that is served
local function execute(command, argument)
  local answer = client.request_sync('workspace/executeCommand', {
    command = command,
    arguments = { vim.tbl_extend('force', { configUri = vim.uri_from_fname(config) }, argument) },
    workDoneToken = command,
  }, limit_ms, buffer)
  if answer == nil then return fail(command .. ' was not answered') end
  if answer.err then return fail(command .. ': ' .. vim.inspect(answer.err)) end
  return answer.result
end

local lenses = client.request_sync('textDocument/codeLens', {
  textDocument = { uri = vim.uri_from_fname(config) },
}, limit_ms, buffer)
local titles = vim.tbl_map(function(lens) return lens.command and lens.command.title or '' end, lenses.result or {})

local ran = execute('runagent.run', { tag = 'greet', kwargs = { name = 'Ada' } })
local streamed = execute('runagent.stream', { tag = 'count_down_stream', kwargs = { start = 3, pause = 0.1 } })

vim.fn.writefile({
  vim.json.encode({ diagnostics = diagnostics, lenses = titles, ran = ran, streamed = streamed, progress = progress }),
}, vim.env.REPORT)
client.stop()
wait('the server ended', function() return vim.lsp.client_is_stopped(client_id) end)
vim.cmd('qall!')
