-- Runs in both renderers last: what every table needs for screen readers, phones, Word and paper.

local function is(format)
  return FORMAT:match(format) ~= nil
end

local function scope(rows, value)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      local wide = value == "col" and cell.col_span > 1 and "colgroup" or value
      cell.attributes.scope = cell.attributes.scope or wide
    end
  end
end

local function empty(cell)
  return pandoc.utils.stringify(cell.contents) == ""
end

-- The first column names the row, unless the table says otherwise (class "plain").
local function name_rows(tbl)
  if tbl.classes:includes("plain") or #tbl.colspecs < 2 then return end
  for _, body in ipairs(tbl.bodies) do
    if body.row_head_columns == 0 then body.row_head_columns = 1 end
  end
end

local function scope_row_heads(tbl)
  for _, body in ipairs(tbl.bodies) do
    if body.row_head_columns > 0 then
      for _, row in ipairs(body.body) do
        local cell = row.cells[1]
        if cell and not empty(cell) then
          cell.attributes.scope = cell.attributes.scope or (cell.row_span > 1 and "rowgroup" or "row")
        end
      end
      scope(body.head, "colgroup")
    end
  end
end

-- A head without any text is no head: pandoc makes one for headerless tables.
local function has_head(tbl)
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      if not empty(cell) then return true end
    end
  end
  return false
end

local function html_table(tbl)
  if has_head(tbl) then scope(tbl.head.rows, "col") end
  name_rows(tbl)
  scope_row_heads(tbl)
  local attributes = { role = "group", tabindex = "0", ["aria-label"] = "Table; scrolls sideways where it is wider than the screen" }
  return pandoc.Div({ tbl }, pandoc.Attr("", { "table-scroll" }, attributes)), false
end

return {
  {
    traverse = "topdown",
    Table = function(tbl)
      if is("html") then return html_table(tbl) end
    end,
  },
}
