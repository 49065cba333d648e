-- What Quarto does between the two shared filters, for the embedded renderer: conditional content,
-- numbered figures, tables and sections, references to them.

local stringify = pandoc.utils.stringify

local function is(format)
  return FORMAT:match(format) ~= nil
end

-- Conditional content ---------------------------------------------------------------------------

local meta_now = {}

local function format_matches(name)
  if name == "html" then return is("html") end
  if name == "pdf" then return is("typst") end
  return is(name)
end

local function meta_matches(path)
  local value = meta_now
  for key in path:gmatch("[^.]+") do
    if type(value) ~= "table" or value[key] == nil then return false end
    value = value[key]
  end
  return value == true or (value ~= false and stringify(value) == "true")
end

-- Every condition given must hold.
local function condition_holds(attributes)
  local holds = true
  local function test(key, matches, wanted)
    if attributes[key] then holds = holds and (matches(attributes[key]) == wanted) end
  end
  test("when-format", format_matches, true)
  test("unless-format", format_matches, false)
  test("when-meta", meta_matches, true)
  test("unless-meta", meta_matches, false)
  return holds
end

local function conditional(el)
  local visible = el.classes:includes("content-visible")
  local hidden = el.classes:includes("content-hidden")
  if not visible and not hidden then return nil end
  if condition_holds(el.attributes) == visible then return el.content end
  return {}
end

-- Floats: numbered figures and tables --------------------------------------------------------------

local KINDS = { fig = "⟦Figure⟧", tbl = "⟦Table⟧" }
local NAMED = { fig = "⟦Figure {n}⟧", tbl = "⟦Table {n}⟧", sec = "⟦Section {n}⟧" }
local AFTER_NUMBER = "⟦:⟧" -- what stands between number and caption

local function named(kind, number)
  return (NAMED[kind]:gsub(" {n}", "\u{a0}" .. number):gsub("{n}", number))
end

local numbers = {} -- id -> { kind, number }
local counters = { fig = 0, tbl = 0 }

local function float_kind(id)
  return id:match("^(fig)%-") or id:match("^(tbl)%-")
end

local function register(id)
  local kind = float_kind(id)
  counters[kind] = counters[kind] + 1
  numbers[id] = { kind = kind, name = KINDS[kind], number = tostring(counters[kind]) }
  return kind
end

local function inlines(markdown)
  return pandoc.utils.blocks_to_inlines(pandoc.read(markdown, "markdown").blocks)
end

local function html_float(id, kind, caption, body)
  local head = pandoc.List({
    pandoc.RawBlock("html", '<figcaption id="' .. id .. '-caption" class="quarto-float-caption">'),
    pandoc.Plain(caption),
    pandoc.RawBlock("html", "</figcaption>"),
  })
  local blocks = pandoc.List({ pandoc.RawBlock("html", '<figure class="quarto-float quarto-float-' .. kind .. '">') })
  if kind == "tbl" then blocks:extend(head) end
  blocks:insert(pandoc.Div(body, pandoc.Attr("", {}, { ["aria-describedby"] = id .. "-caption" })))
  if kind == "fig" then blocks:extend(head) end
  blocks:insert(pandoc.RawBlock("html", "</figure>"))
  return pandoc.Div(blocks, pandoc.Attr(id, { "quarto-float" }))
end

local function docx_float(id, kind, caption, body)
  local style = kind == "tbl" and "Table Caption" or "Image Caption"
  local head = pandoc.Div(pandoc.Para(caption), pandoc.Attr("", {}, { ["custom-style"] = style }))
  local blocks = pandoc.List()
  if kind == "tbl" then blocks:insert(head) end
  blocks:extend(body)
  if kind == "fig" then blocks:insert(head) end
  return pandoc.Div(blocks, pandoc.Attr(id, { "report-float" }))
end

local function typst_float(id, kind, caption, body)
  local position = kind == "tbl" and "top" or "bottom"
  local blocks = pandoc.List({ pandoc.RawBlock("typst", "#figure([") })
  blocks:extend(body)
  blocks:insert(pandoc.RawBlock("typst", "], caption: figure.caption(position: " .. position .. ", ["))
  blocks:insert(pandoc.Plain(caption))
  blocks:insert(pandoc.RawBlock("typst",
    ']), kind: "quarto-float-' .. kind .. '", supplement: "' .. KINDS[kind] .. '") <' .. id .. ">"))
  return blocks
end

local function float(id, caption, body)
  local kind = register(id)
  if is("typst") then return typst_float(id, kind, caption, body) end
  local label = pandoc.Inlines({ pandoc.Str(named(kind, numbers[id].number)) })
  if #caption > 0 then
    label:extend(AFTER_NUMBER == ":" and { pandoc.Str(":"), pandoc.Space() } or { pandoc.Str(AFTER_NUMBER) })
    label:extend(caption)
  end
  if is("html") then return html_float(id, kind, label, body) end
  return docx_float(id, kind, label, body)
end

-- A caption is the cell's option, the table's own, or the last paragraph of the div.
local function take_caption(div, kind)
  local option = div.attributes[kind .. "-cap"]
  local body = pandoc.List(div.content)
  if option then return inlines(option), body end
  for _, block in ipairs(body) do
    if block.t == "Table" and #block.caption.long > 0 then
      local caption = pandoc.utils.blocks_to_inlines(block.caption.long)
      block.caption = { long = {} }
      return caption, body
    end
  end
  local last = body[#body]
  if #body > 1 and last.t == "Para" then
    body:remove(#body)
    return last.content, body
  end
  return pandoc.Inlines({}), body
end

-- The figure's alternative text goes onto its image, which then is no figure of its own.
local function plain_images(body, alt)
  return pandoc.Blocks(body):walk({
    Figure = function(figure) return figure.content end,
    Image = function(image)
      local text = alt or image.attributes["fig-alt"] or stringify(image.caption)
      image.attributes["fig-alt"] = nil
      if is("html") then
        image.attributes.alt = text
        image.caption = {}
      else
        image.caption = pandoc.Inlines(text)
      end
      return image
    end,
  })
end

local function div_float(div)
  local kind = float_kind(div.identifier)
  if not kind then return nil end
  local caption, body = take_caption(div, kind)
  if kind == "fig" then body = plain_images(body, div.attributes["fig-alt"]) end
  return float(div.identifier, caption, body), false
end

local function table_float(tbl)
  local caption = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  local id = tbl.identifier
  local last = caption[#caption]
  if not float_kind(id) and last and last.t == "Str" and last.text:match("^{#tbl%-[^}]+}$") then
    id = last.text:sub(3, -2)
    caption:remove(#caption)
    if #caption > 0 and caption[#caption].t == "Space" then caption:remove(#caption) end
  end
  if not float_kind(id) then return nil end
  tbl.identifier = ""
  tbl.caption = { long = {} }
  return float(id, caption, { tbl }), false
end

local function figure_float(figure)
  local id = figure.identifier
  local image
  figure:walk({ Image = function(el) image = image or el end })
  if not float_kind(id) and image then id = image.identifier end
  if not float_kind(id) then return nil end
  local caption = pandoc.utils.blocks_to_inlines(figure.caption.long)
  local body = plain_images(figure.content, image and image.attributes["fig-alt"])
  body = body:walk({ Image = function(el) el.identifier = "" return el end })
  return float(id, caption, body), false
end

-- Sections -----------------------------------------------------------------------------------------

local depth = {}

local function number_section(header)
  if header.classes:includes("unnumbered") then return nil end
  depth[header.level] = (depth[header.level] or 0) + 1
  for level = header.level + 1, 6 do depth[level] = nil end
  local parts = pandoc.List()
  for level = 1, header.level do parts:insert(tostring(depth[level] or 0)) end
  local number = table.concat(parts, ".")
  if header.identifier:match("^sec%-") then numbers[header.identifier] = { kind = "sec", name = "⟦Section⟧", number = number } end
  if is("docx") then
    header.content = pandoc.List({ pandoc.Str(header.level == 1 and number .. "." or number), pandoc.Space() }) .. header.content
    return header
  end
end

-- References -----------------------------------------------------------------------------------------

local function is_ref(id)
  return id:match("^fig%-") or id:match("^tbl%-") or id:match("^sec%-")
end

local function one_ref(citation)
  local target = numbers[citation.id]
  if not target then return pandoc.Strong({ pandoc.Str("?@" .. citation.id) }) end
  local bare = citation.mode == "SuppressAuthor"
  local prefix = stringify(citation.prefix)
  local name = prefix ~= "" and prefix or (not bare and target.name or "")
  if is("typst") then
    return pandoc.RawInline("typst", "#ref(<" .. citation.id .. ">, supplement: [" .. name .. "])")
  end
  local text = name ~= "" and (name .. "\u{a0}" .. target.number) or target.number
  if name == target.name then text = named(target.kind, target.number) end
  return pandoc.Link(text, "#" .. citation.id, "", pandoc.Attr("", { "quarto-xref" }))
end

local function reference(cite)
  if not is_ref(cite.citations[1].id) then return nil end
  local out = pandoc.Inlines({})
  for i, citation in ipairs(cite.citations) do
    if i > 1 then out:extend({ pandoc.Str(","), pandoc.Space() }) end
    out:insert(one_ref(citation))
    out:extend(citation.suffix)
  end
  return out
end

return {
  { Meta = function(meta) meta_now = meta end },
  { Div = conditional, Span = conditional },
  { traverse = "topdown", Div = div_float, Table = table_float, Figure = figure_float },
  { Header = number_section },
  { Cite = reference },
}
