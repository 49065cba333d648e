-- Runs in both renderers before cross-references are resolved: what the reports use beyond plain
-- pandoc and what must look the same everywhere (cover, banners, callouts, tab sets, HTML tables).

local stringify = pandoc.utils.stringify

local function is(format)
  return FORMAT:match(format) ~= nil
end

local function meta_text(value)
  if value == nil then return nil end
  local text = stringify(value)
  if text == "" then return nil end
  return text
end

local function true_in(value)
  return value == true or (value ~= nil and stringify(value) == "true")
end

-- Cover and banners -------------------------------------------------------------------------

local STATES = {
  draft = { label = "⟦Draft⟧", text = "⟦Draft. Not reviewed; not to be cited or passed on.⟧" },
  interim = { label = "⟦Interim⟧", text = "⟦Interim, data not locked. Numbers may still change.⟧" },
  locked = { label = "⟦Data locked⟧", text = "⟦Data locked, report not yet final.⟧" },
  final = { label = "⟦Final⟧" },
}

local function cover_rows(meta)
  local rows = pandoc.List()
  local function add(term, value)
    if value ~= nil and stringify(value) ~= "" then
      rows:insert({ term = pandoc.MetaInlines({ pandoc.Str(term) }), value = value, wide = #stringify(value) > 80 })
    end
  end
  add("⟦Registry⟧", meta.registry)
  add("⟦Report⟧", meta["report-label"])
  add("⟦State⟧", meta["state-label"])
  add("⟦Data cut⟧", meta["data-cut"])
  for _, row in ipairs(meta["cover-extra"] or {}) do add(stringify(row.term), row.value) end
  if type(meta.versions) == "table" and meta.versions[1] ~= nil and type(meta.versions[1]) ~= "userdata" then
    local texts = pandoc.List()
    for _, version in ipairs(meta.versions) do texts:insert(stringify(version)) end
    add("⟦Versions⟧", pandoc.MetaInlines({ pandoc.Str(table.concat(texts, ", ")) }))
  else
    add("⟦Versions⟧", meta.versions)
  end
  return rows
end

local function banner(kind, text)
  return { kind = pandoc.MetaInlines({ pandoc.Str(kind) }), text = text }
end

local function banner_list(meta, state)
  local list = pandoc.List()
  local known = STATES[state]
  if known and known.text then
    list:insert(banner(state, meta["state-text"] or pandoc.MetaInlines(known.text)))
  end
  if true_in(meta.synthetic) then
    local text = "⟦Synthetic data: no real patient is described.⟧"
    list:insert(banner("synthetic", meta["synthetic-text"] or pandoc.MetaInlines(text)))
  end
  return list
end

local function complete_meta(meta)
  if is("docx") and meta.lang and stringify(meta.lang) == "zh" then meta.lang = pandoc.MetaString("zh-CN") end -- Word's name of it
  local state = meta_text(meta.state)
  if state and not meta["state-label"] then
    local known = STATES[state]
    meta["state-label"] = pandoc.MetaInlines(known and known.label or state)
  end
  if not meta.cover then
    local rows = cover_rows(meta)
    if #rows > 0 then meta.cover = rows end
  end
  if not meta.banners then meta.banners = banner_list(meta, state) end
  if not meta.pagetitle and meta.title then
    local title = stringify(meta.title)
    local study = meta_text(meta["study-title"])
    meta.pagetitle = study and (title .. " – " .. study) or title
  end
  return meta
end

-- HTML tables in Markdown become real tables, so that Word and PDF get them too ---------------

-- A row that only names a group opens a table body of its own: so readers and Word know what it heads.
local function split_groups(html)
  local head, body = html:match("^(.-)(<tbody.*)$")
  if not body then return html end
  body = body:gsub("<tr[^>]*>%s*<th[^>]*colspan[^>]*>[^<]*</th>%s*</tr>", "</tbody><tbody>%0")
  return head .. body:gsub("<tbody[^>]*>%s*</tbody>", "")
end

local function html_table(raw)
  if not raw.format:match("html") or not raw.text:match("^%s*<table.*</table>%s*$") then return nil end
  return pandoc.read(split_groups(raw.text), "html+native_divs+native_spans").blocks
end

-- Numbers are set flush right with their decimals in line -------------------------------------------

local FIGURE_SPACE, POINT_SPACE = "\u{2007}", "\u{2008}"

local function looks_numeric(text)
  if text:match("^%d%d%d%d%-%d%d") or #text > 48 then return false end -- a date; a sentence that begins with a number
  local bare = text:gsub("^[<>~]", ""):gsub("^≤", ""):gsub("^≥", ""):gsub("^%s+", ""):gsub("^[-+]", ""):gsub("^−", "")
  return bare:match("^%d") ~= nil
end

local function is_blank(text)
  return text == "" or text == "–" or text == "—" or text == "-" or text == "NA" or text == "NR" or text == "NE"
end

-- The cells of each column; nil for tables with cells over several rows.
local function columns_of(tbl)
  local columns = {}
  for i = 1, #tbl.colspecs do columns[i] = {} end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      local at = 1
      for _, cell in ipairs(row.cells) do
        if cell.row_span > 1 then return nil end
        if cell.col_span == 1 then table.insert(columns[at], cell) end
        at = at + cell.col_span
      end
    end
  end
  return columns
end

local function all_numeric(cells)
  local found = false
  for _, cell in ipairs(cells) do
    local text = stringify(cell.contents)
    if not is_blank(text) then
      if not looks_numeric(text) then return false end
      found = true
    end
  end
  return found
end

local function decimals(text)
  local whole = text:gsub("^−", "-")
  if not whole:match("^%-?[%d,]+%.?%d*$") then return nil end
  return #(whole:match("%.(%d+)$") or "")
end

local function align_decimals(cells)
  local most, least, places = 0, math.huge, {}
  for i, cell in ipairs(cells) do
    local text = stringify(cell.contents)
    places[i] = decimals(text)
    if not places[i] and not is_blank(text) then return end
    if places[i] then most, least = math.max(most, places[i]), math.min(least, places[i]) end
  end
  if most == least or least == math.huge then return end
  for i, cell in ipairs(cells) do
    local missing = places[i] and most - places[i] or 0
    local last = cell.contents[#cell.contents]
    if missing > 0 and last and last.content then
      last.content:insert(pandoc.Str((places[i] == 0 and POINT_SPACE or "") .. FIGURE_SPACE:rep(missing)))
    end
  end
end

local function align_numbers(tbl)
  local columns = columns_of(tbl)
  if not columns then return nil end
  local specs = tbl.colspecs
  for i = 2, #specs do
    if specs[i][1] == "AlignDefault" and all_numeric(columns[i]) then specs[i] = { "AlignRight", specs[i][2] } end
    if specs[i][1] == "AlignRight" then align_decimals(columns[i]) end
  end
  tbl.colspecs = specs
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      if cell.col_span > 1 then cell.alignment = "AlignCenter" end
    end
  end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.head) do
      for _, cell in ipairs(row.cells) do cell.alignment = "AlignLeft" end
    end
  end
  return tbl
end

-- Callouts -----------------------------------------------------------------------------------

local CALLOUTS = { note = "⟦Note⟧", tip = "⟦Tip⟧", important = "⟦Important⟧", warning = "⟦Warning⟧", caution = "⟦Caution⟧" }

local function callout_kind(div)
  for _, class in ipairs(div.classes) do
    local kind = class:match("^callout%-(%a+)$")
    if kind and CALLOUTS[kind] then return kind end
  end
end

local function take_title(div, kind)
  if div.attributes.title then
    return pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, "markdown").blocks), div.content
  end
  local first = div.content[1]
  if first and first.t == "Header" then
    local rest = pandoc.List(div.content)
    rest:remove(1)
    return first.content, rest
  end
  return pandoc.Inlines(CALLOUTS[kind]), div.content
end

local function callout_html(kind, title, body, collapse)
  local blocks = pandoc.List()
  if collapse ~= nil then
    blocks:insert(pandoc.RawBlock("html", collapse == "true" and "<details>" or "<details open>"))
    blocks:insert(pandoc.RawBlock("html", "<summary>"))
    blocks:insert(pandoc.Plain(title))
    blocks:insert(pandoc.RawBlock("html", "</summary>"))
  else
    blocks:insert(pandoc.Div(pandoc.Plain(title), pandoc.Attr("", { "box-title" })))
  end
  blocks:extend(body)
  if collapse ~= nil then blocks:insert(pandoc.RawBlock("html", "</details>")) end
  return pandoc.Div(blocks, pandoc.Attr("", { "box", "box-" .. kind }, { role = "note" }))
end

local function callout_typst(kind, title, body)
  local blocks = pandoc.List({ pandoc.RawBlock("typst", '#box-note("' .. kind .. '")[') })
  blocks:insert(pandoc.Plain(title))
  blocks:insert(pandoc.RawBlock("typst", "]["))
  blocks:extend(body)
  blocks:insert(pandoc.RawBlock("typst", "]"))
  return blocks
end

local function callout_docx(title, body)
  local head = pandoc.Div(pandoc.Para(pandoc.Strong(title)), pandoc.Attr("", {}, { ["custom-style"] = "Box Title" }))
  local rest = pandoc.Div(body, pandoc.Attr("", {}, { ["custom-style"] = "Box Text" }))
  return { head, rest }
end

local function callout(div)
  local kind = callout_kind(div)
  if not kind then return nil end
  local title, body = take_title(div, kind)
  if is("html") then return callout_html(kind, title, body, div.attributes.collapse) end
  if is("typst") then return callout_typst(kind, title, body) end
  return callout_docx(title, body)
end

-- Tab sets: stacked parts with a title each; the page's script makes tabs of them ---------------

local function tab_title(header)
  if is("docx") then
    return pandoc.Div(pandoc.Para(header.content), pandoc.Attr("", {}, { ["custom-style"] = "Tab Title" }))
  end
  if is("typst") then
    return pandoc.Para({ pandoc.Strong(header.content) })
  end
  return pandoc.Div(pandoc.Plain(header.content), pandoc.Attr("", { "tab-title" }))
end

local function tabset(div)
  if not div.classes:includes("panel-tabset") then return nil end
  local parts, current = pandoc.List(), nil
  for _, block in ipairs(div.content) do
    if block.t == "Header" then
      current = pandoc.Div({ tab_title(block) }, pandoc.Attr("", { "tab" }))
      parts:insert(current)
    elseif current then
      current.content:insert(block)
    else
      parts:insert(block)
    end
  end
  return pandoc.Div(parts, pandoc.Attr(div.identifier, { "tabs" }))
end

-- Page shapes: ours in both renderers (see after.lua); Quarto's column classes would load a typst package ---

local function page_shape(div)
  local shape
  for _, class in ipairs(div.classes) do
    if class == "landscape" then shape = "landscape-page" end
    if class:match("^column%-") then shape = shape or "wide" end
  end
  if not shape then return nil end
  div.classes = div.classes:filter(function(class) return class ~= "landscape" and not class:match("^column%-") end)
  div.classes:insert(shape)
  return div
end

-- What a table of the main report abbreviates is spelled out under it -----------------------------------------------

local ABBREVIATIONS, BETWEEN, STOP = {}, "; ", "." -- name and text of each; how the language sets a list
local function keep_abbreviations(meta)
  if meta_text(meta.document) ~= "main" then return end
  local between, stop = (meta_text(meta["spelled-out-list"]) or ""):match("^A(.-)B(.*)$")
  BETWEEN, STOP = between or BETWEEN, stop or STOP
  for _, entry in ipairs(meta["spelled-out"] or {}) do
    table.insert(ABBREVIATIONS, { name = stringify(entry.name), text = stringify(entry.text) })
  end
end

-- Whether a name stands in a text as a word of its own, in the singular or the plural.
local function stands_in(text, name)
  local from = 1
  while true do
    local first, last = text:find(name, from, true)
    if not first then return false end
    local before, after = text:sub(first - 1, first - 1), text:sub(last + 1):gsub("^s", "", 1)
    local antibody = text:sub(first - 3, first - 1) == "抗" -- "抗SAE抗体", as anti-SAE: its name, and no event
    if not antibody and not before:match("[%w/-]") and not after:match("^[%w/]") then return true end
    from = last + 1
  end
end

local function spell_out(div)
  if #ABBREVIATIONS == 0 or not div.identifier:match("^tbl%-") then return nil end
  local text = {}
  div:walk({
    RawBlock = function(raw) table.insert(text, (raw.text:gsub("<[^>]*>", " "))) end,
    Str = function(el) table.insert(text, el.text) end,
  })
  text = table.concat(text, " ")
  local found = {}
  for _, entry in ipairs(ABBREVIATIONS) do
    if stands_in(text, entry.name) then table.insert(found, entry.text) end
  end
  if #found == 0 then return nil end
  local note = pandoc.Span(pandoc.Inlines(table.concat(found, BETWEEN) .. STOP), pandoc.Attr("", { "table-note" }))
  local last = div.content[#div.content]
  if last.t == "Div" then -- Quarto's output of the cell, where the table and its other notes stand
    last.content:insert(pandoc.Para({ note }))
    div.content[#div.content] = last
  else
    div.content:insert(pandoc.Para({ note }))
  end
  return div
end

-- A finding opens the caption of its exhibit: a division of class finds holds a sentence and then the exhibit ----------

local function opened_by(finding, own)
  local shown = pandoc.Span(own, pandoc.Attr("", { "caption-shown" }, is("docx") and { ["custom-style"] = "Caption Shown" } or {}))
  return pandoc.Inlines({ pandoc.Span({ pandoc.Strong(finding) }, pandoc.Attr("", { "caption-finding" })), pandoc.Space(), shown })
end

local function caption_option(text)
  return pandoc.utils.blocks_to_inlines(pandoc.read(text, "markdown").blocks)
end

local function finds(div)
  if not div.classes:includes("finds") then return nil end
  local rest, first, found = pandoc.Blocks(div.content), div.content[1], false
  rest:remove(1)
  rest = first and first.t == "Para" and rest:walk({
    traverse = "topdown",
    Div = function(el) -- of a cell: its caption is an option, or its last paragraph
      local kind = el.identifier:match("^fig%-") and "fig-cap" or el.identifier:match("^tbl%-") and "tbl-cap"
      local own = kind and el.attributes[kind]
      if not own then return nil end
      el.attributes[kind], found = nil, true
      el.content:insert(pandoc.Para(opened_by(first.content, caption_option(own))))
      return el, false
    end,
    Figure = function(figure)
      if not figure.identifier:match("^fig%-") then return nil end
      found = true
      local own = pandoc.utils.blocks_to_inlines(figure.caption.long)
      figure.caption.long = pandoc.Blocks({ pandoc.Plain(opened_by(first.content, own)) })
      return figure, false
    end,
  })
  if not found then error("a division .finds holds a sentence, and then the figure or table whose caption it opens") end
  return rest
end

-- On paper a figure goes to the foot of the page that has room for it; one that is told of shortly before a table stands
-- behind the table, so that it never parts it. Figures keep their order, and so do tables.

-- What stands in divisions that hold nothing else: Quarto wraps the output of a cell, and a block holds no float.
local function unwrapped(block)
  while block.t == "Div" and block.identifier == "" and #block.content == 1 do block = block.content[1] end
  return block
end

local function kind_of(block)
  local inner = unwrapped(block)
  if inner.t ~= "Div" and inner.t ~= "Figure" then return nil end
  return inner.identifier:match("^(fig)%-") or inner.identifier:match("^(tbl)%-")
end

local AHEAD = 5 -- blocks of text between a figure and the table that it waits for

local function table_ahead(blocks, from)
  for i = from, math.min(from + AHEAD, #blocks) do
    local kind = kind_of(blocks[i])
    if kind == "tbl" then return true end
    if kind == "fig" or blocks[i].t == "Header" and blocks[i].level == 1 then return false end
  end
  return false
end

local function behind_tables(blocks)
  local made, waiting = pandoc.Blocks({}), nil
  for i, block in ipairs(blocks) do
    local kind = kind_of(block)
    if kind == "fig" then block = unwrapped(block) end
    if kind == "fig" and table_ahead(blocks, i + 1) then
      waiting = block
    else
      made:insert(block)
      if waiting and kind == "tbl" then
        made:insert(waiting)
        waiting = nil
      end
    end
  end
  return made
end

-- What the notebook leaves on a cell that must not reach a reader --------------------------------

local function clean_cell(div)
  local changed = false
  for _, key in ipairs({ "data-notebook", "notebook", "execution_count", "tags" }) do
    if div.attributes[key] then
      div.attributes[key] = nil
      changed = true
    end
  end
  return changed and div or nil
end

return {
  { Meta = function(meta) keep_abbreviations(meta) return complete_meta(meta) end },
  { Div = spell_out },
  { Div = finds },
  { RawBlock = html_table },
  { Table = align_numbers },
  { Div = function(div) return callout(div) or tabset(div) or page_shape(div) or clean_cell(div) end },
  { Blocks = function(blocks) return is("typst") and behind_tables(blocks) or nil end },
}
