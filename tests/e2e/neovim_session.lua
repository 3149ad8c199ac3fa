-- Checks an agent, and runs it where it is served already.
local editor = dofile(vim.env.EDITOR_LUA)
local buffer = editor.buffer

-- 1. a mistake is underlined, and goes when it is put right
local good = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
local bad = {}
for _, line in ipairs(good) do
  local changed = line:gsub('"default"', '"langchian"')
  table.insert(bad, changed)
end
vim.api.nvim_buf_set_lines(buffer, 0, -1, false, bad)
editor.wait('a diagnostic', function() return #vim.diagnostic.get(buffer) > 0 end)
local diagnostics = editor.diagnostics(buffer)
vim.api.nvim_buf_set_lines(buffer, 0, -1, false, good)
editor.wait('no diagnostic', function() return #vim.diagnostic.get(buffer) == 0 end)

-- 2. the lenses' commands run an entrypoint of the agent that is served
local lenses = editor.request('textDocument/codeLens', { textDocument = { uri = vim.uri_from_bufnr(buffer) } })
local titles = vim.tbl_map(function(lens) return lens.command and lens.command.title or '' end, lenses or {})
local ran = editor.execute('runagent.run', { tag = 'greet', kwargs = { name = 'Ada' } })
local streamed = editor.execute('runagent.stream', { tag = 'count_down_stream', kwargs = { start = 3, pause = 0.1 } })

editor.finish({ diagnostics = diagnostics, lenses = titles, ran = ran, streamed = streamed })
