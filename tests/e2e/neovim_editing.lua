-- Edits an agent and the code that calls it with what Neovim gives its users.
local editor = dofile(vim.env.EDITOR_LUA)
local buffer = editor.buffer
local caller = editor.root .. '/call.py'

-- The 0-based place `offset` characters into the first `text` of a buffer.
local function place(where, text, offset)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(where, 0, -1, false)) do
    local at = line:find(text, 1, true)
    if at then return { line = number - 1, character = at - 1 + offset } end
  end
  editor.fail('not in the text: ' .. text)
end

local function go(where, text, offset)
  vim.api.nvim_set_current_buf(where)
  local at = place(where, text, offset)
  vim.api.nvim_win_set_cursor(0, { at.line + 1, at.character })
end

local function ask(where, method, text, offset, more)
  local params = vim.tbl_extend('error', {
    textDocument = { uri = vim.uri_from_bufnr(where) },
    position = place(where, text, offset),
  }, more or {})
  local answer = editor.client.request_sync(method, params, editor.limit_ms, where)
  if answer == nil then return editor.fail(method .. ' was not answered') end
  if answer.err then return editor.fail(method .. ': ' .. vim.inspect(answer.err)) end
  return answer.result
end

-- 1. completion, as its items come to Neovim's own matcher
local offered = ask(buffer, 'textDocument/completion', '"default"', 1)
local matches = vim.tbl_map(function(item) return item.word end, vim.lsp.util.text_document_completion_list_to_complete_items(offered, 'la'))

-- 2. from the configuration to the function, by the key users press
go(buffer, '"module": "greet"', 12)
vim.lsp.buf.definition()
editor.wait('the function', function() return vim.api.nvim_buf_get_name(0):match('main%.py$') ~= nil end)
local definition = { file = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ':t'), line = vim.api.nvim_get_current_line() }
local code = vim.api.nvim_get_current_buf()
vim.lsp.buf_attach_client(code, editor.client.id)

-- 3. what the function is to the outside
local hover = ask(code, 'textDocument/hover', 'greet(', 1)
local shown = table.concat(vim.lsp.util.convert_input_to_markdown_lines(hover.contents), '\n')

-- 4. a tag gets another name, in the configuration and where it is called
local calling = editor.open(caller)
go(buffer, '"tag": "greet"', 9)
vim.lsp.buf.rename('welcome')
local function text(where) return table.concat(vim.api.nvim_buf_get_lines(where, 0, -1, false), '\n') end
editor.wait('the rename', function() return text(buffer):find('"welcome"', 1, true) and text(calling):find('"welcome"', 1, true) end)

-- 5. a function that is not there is created, by the action that is offered
local missing = text(buffer):gsub('"divide", "tag"', '"multiply", "tag"')
vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(missing, '\n'))
editor.wait('a diagnostic', function() return #vim.diagnostic.get(buffer) > 0 end)
local wrong = place(buffer, '"multiply"', 3)
local actions = editor.request('textDocument/codeAction', {
  textDocument = { uri = vim.uri_from_bufnr(buffer) },
  range = { start = wrong, ['end'] = wrong },
  context = { diagnostics = {} },
})
for _, action in ipairs(actions) do
  if action.title:find('Create', 1, true) then
    vim.lsp.util.apply_workspace_edit(action.edit, editor.client.offset_encoding)
    break
  end
end
editor.wait('the function that was created', function() return text(code):find('def multiply', 1, true) ~= nil end)
editor.wait('no diagnostic', function() return #vim.diagnostic.get(buffer) == 0 end)

editor.finish({ matches = matches, definition = definition, hover = shown })
