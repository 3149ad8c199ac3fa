-- Runs an agent that nobody serves, and makes and mends a mistake that only running shows.
local editor = dofile(vim.env.EDITOR_LUA)

local function greet() return editor.execute('runagent.run', { tag = 'greet', kwargs = { name = 'Ada' } }) end

-- 1. from cold
local cold = greet()
local served = editor.execute('runagent.serve.start', {})

-- 2. a typo is saved: it stands on its line, the old code goes on
local main = editor.open(editor.root .. '/main.py')
local good = vim.api.nvim_buf_get_lines(main, 0, -1, false)
local typo_at = #good
vim.api.nvim_buf_set_lines(main, typo_at, typo_at, false, { 'TITLE = greet.__nam__' })
vim.cmd('write')
editor.wait('the typo is told', function() return #vim.diagnostic.get(main) > 0 end)
local told = editor.diagnostics(main)
local stale = greet()

-- 3. it is mended, with another answer
local mended = vim.tbl_map(function(line) return (line:gsub('"Hello, ', '"Good day, ')) end, good)
vim.api.nvim_buf_set_lines(main, 0, -1, false, mended)
vim.cmd('write')
editor.wait('the diagnostic goes', function() return #vim.diagnostic.get(main) == 0 end)
local again = nil
editor.wait('the new code answers', function()
  again = greet()
  return again.value ~= nil and again.value.text ~= cold.value.text
end)

editor.finish({ cold = cold, served = served, typoAt = typo_at, told = told, stale = stale, again = again })
