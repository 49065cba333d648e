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
  draft = { label = "Draft", text = "Draft. Not reviewed; not to be cited or passed on." },
  interim = { label = "Interim", text = "Interim, data not locked. Numbers may still change." },
  locked = { label = "Data locked", text = "Data locked, report not yet final." },
  final = { label = "Final" },
}

local function cover_rows(meta)
  local rows = pandoc.List()
  local function add(term, value)
    if value ~= nil and stringify(value) ~= "" then
      rows:insert({ term = pandoc.MetaInlines({ pandoc.Str(term) }), value = value })
    end
  end
  add("Registry", meta.registry)
  add("Report", meta["report-label"])
  add("State", meta["state-label"])
  add("Data cut", meta["data-cut"])
  for _, row in ipairs(meta["cover-extra"] or {}) do rows:insert(row) end
  if type(meta.versions) == "table" and meta.versions[1] ~= nil and type(meta.versions[1]) ~= "userdata" then
    local texts = pandoc.List()
    for _, version in ipairs(meta.versions) do texts:insert(stringify(version)) end
    add("Versions", pandoc.MetaInlines({ pandoc.Str(table.concat(texts, ", ")) }))
  else
    add("Versions", meta.versions)
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
    local text = "Synthetic data: no real patient is described."
    list:insert(banner("synthetic", meta["synthetic-text"] or pandoc.MetaInlines(text)))
  end
  return list
end

local function complete_meta(meta)
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

local function html_table(raw)
  if not raw.format:match("html") or not raw.text:match("^%s*<table.*</table>%s*$") then return nil end
  return pandoc.read(raw.text, "html+native_divs+native_spans").blocks
end

-- Callouts -----------------------------------------------------------------------------------

local CALLOUTS = { note = "Note", tip = "Tip", important = "Important", warning = "Warning", caution = "Caution" }

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
  { Meta = complete_meta },
  { RawBlock = html_table },
  { Div = function(div) return callout(div) or tabset(div) or page_shape(div) or clean_cell(div) end },
}
