-- dfopt in Neovim, for versions from 0.7: put this file into ~/.config/nvim/plugin/. From 0.11 on, the shorter way of
-- docs/editors.md does the same.

-- docs/editors.md has them all
local settings = { dfopt = { diagnostics = { refusals = false } } }
local group = vim.api.nvim_create_augroup("dfopt", {})
local client

local function start()
    client = client or vim.lsp.start_client({
        name = "dfopt",
        cmd = { "dfopt", "lsp" },
        root_dir = vim.fn.getcwd(),
        settings = settings,
        init_options = settings,
        on_exit = function()
            client = nil
        end,
    })
    return client
end

local function format(buffer)
    if vim.lsp.buf.format then
        vim.lsp.buf.format({ bufnr = buffer, name = "dfopt", timeout_ms = 2000 })
    else
        vim.lsp.buf.formatting_sync(nil, 2000)
    end
end

vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = "dockerfile",
    callback = function(event)
        local id = start()
        if id then
            vim.lsp.buf_attach_client(event.buf, id)
        end
    end,
})

vim.api.nvim_create_autocmd("BufWritePre", {
    group = group,
    pattern = { "Dockerfile*", "*.Dockerfile", "*.dockerfile", "Containerfile*" },
    callback = function(event)
        format(event.buf)
    end,
})
