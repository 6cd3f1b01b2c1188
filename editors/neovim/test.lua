-- What editors/test-neovim.sh runs inside Neovim: open, look at the marks, save, undo. Ends with 1 where something is wrong.

local function fail(message)
    io.stderr:write(message .. "\n")
    vim.cmd("cquit 1")
end

local function expect(what, got, wanted)
    if not vim.deep_equal(got, wanted) then
        fail(what .. ": " .. vim.inspect(got) .. ", not " .. vim.inspect(wanted))
    end
end

local function lines()
    return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

local before = { "FROM debian:12-slim", "RUN echo one", "RUN echo two", "USER 1000" }
local after = { "FROM debian:12-slim", "RUN echo one \\", "    && echo two", "USER 1000" }

local ok, message = pcall(function()
    vim.cmd("edit Dockerfile")
    expect("what is open", lines(), before)
    if not vim.wait(20000, function()
        return #vim.diagnostic.get(0) > 0
    end, 20) then
        fail("no mark came")
    end
    local mark = vim.diagnostic.get(0)[1]
    expect("the mark", { mark.source, mark.code, mark.lnum, mark.severity }, { "dfopt", "merge-runs", 1, vim.diagnostic.severity.INFO })

    -- the cursor is on `two` and stays on it
    vim.api.nvim_win_set_cursor(0, { 3, 10 })
    expect("the word under the cursor", vim.fn.expand("<cword>"), "two")
    vim.cmd("write")
    expect("what is in the buffer", lines(), after)
    expect("what is on the disk", vim.fn.readfile("Dockerfile"), after)
    expect("the word under the cursor", vim.fn.expand("<cword>"), "two")
    if not vim.wait(20000, function()
        return #vim.diagnostic.get(0) == 0
    end, 20) then
        fail("the mark stays")
    end

    vim.cmd("silent undo")
    expect("what is left after undo", lines(), before)
    vim.cmd("silent redo")
    expect("what is there after redo", lines(), after)
    vim.cmd("write")
    expect("what is on the disk after a second save", vim.fn.readfile("Dockerfile"), after)
end)
if not ok then
    fail(tostring(message))
end
vim.cmd("qall!")
