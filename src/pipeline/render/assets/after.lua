-- Runs in both renderers last: what tables need for screen readers, phones, Word and paper; the Word
-- document's cover and contents; landscape pages.

local stringify = pandoc.utils.stringify

local function is(format)
  return FORMAT:match(format) ~= nil
end

local function true_meta(value)
  return value == true or (value ~= nil and stringify(value) == "true")
end

local function styled(style, content)
  return pandoc.Div(pandoc.Para(content), pandoc.Attr("", {}, { ["custom-style"] = style }))
end

-- What a line never breaks: an interval, "95 % CI", a sign and its number ------------------------------------

local function begins_number(text)
  for _, sign in ipairs({ "−", "-", "±", "<", ">", "≤", "≥", "~" }) do
    local bare = text:gsub("^[%(%[]", "")
    if bare:sub(1, #sign) == sign then text = bare:sub(#sign + 1) end
  end
  return text:gsub("^[%(%[]", ""):match("^%d") ~= nil
end

local function ends_number(text)
  return text:match("%d%%?$") ~= nil
end

local SIGNS = { ["="] = true, ["<"] = true, [">"] = true, ["≤"] = true, ["≥"] = true, ["±"] = true }

-- Whether the blank between two words must stay on one line; `before` and `beyond` are the words around them.
local function holds(before, first, second, beyond)
  if second == "%" or second:match("^%%%p*$") then return ends_number(first) end
  if second:match("^C[Ir]I") or second:match("^CI") then return first:match("%%$") ~= nil end
  if first:match("CI$") or SIGNS[first:gsub("^%(", "")] then return begins_number(second) end
  if SIGNS[second] then return first:match("^%(?%[?[pnN]$") ~= nil and begins_number(beyond) end
  if second == "to" then return ends_number(first) and begins_number(beyond) end
  if first == "to" then return ends_number(before) and begins_number(second) end
  return false
end

local function blank(el)
  return el ~= nil and (el.t == "Space" or el.t == "SoftBreak")
end

local function word_at(inlines, i)
  local el = inlines[i]
  if not el or (el.t ~= "Str" and el.t ~= "Span" and el.t ~= "Strong") then return "" end
  local text = stringify(el)
  return #text < 40 and text or ""
end

-- Few words can hold a blank: only beside them the others are looked at.
local function triggers(el, after)
  if not el or el.t ~= "Str" then return false end
  local text = el.text
  if text == "to" or SIGNS[text:gsub("^%(", "")] then return true end
  return after and text:match("^[%%C]") ~= nil or not after and text:match("CI$") ~= nil
end

local NARROW = "\u{00A0}"

-- An interval in Chinese has no blank, and a line may end on either side of its wave: it is set in one piece with what
-- names it, "95%CI：−9.4～−5.5".
local WAVE, COLON, OF_NUMBER = 0xFF5E, 0xFF1A, {}
for _, code in utf8.codes("0123456789.,%−-CI") do OF_NUMBER[code] = true end

local function in_pieces(text)
  if not text:find("\u{FF5E}", 1, true) then return nil end
  local codes, pieces, from = {}, pandoc.Inlines({}), 1
  for _, code in utf8.codes(text) do table.insert(codes, code) end
  local function said(first, last)
    local signs = {}
    for i = first, last do table.insert(signs, utf8.char(codes[i])) end
    return table.concat(signs)
  end
  for i, code in ipairs(codes) do
    if code == WAVE and i > from then
      local first, last = i, i
      while first > from and (OF_NUMBER[codes[first - 1]] or codes[first - 1] == COLON) do first = first - 1 end
      while codes[last + 1] and OF_NUMBER[codes[last + 1]] do last = last + 1 end
      while codes[first] == COLON do first = first + 1 end
      if first < i and last > i then
        if first > from then pieces:insert(pandoc.Str(said(from, first - 1))) end
        local whole = pandoc.Str(said(first, last))
        if is("typst") then
          pieces:extend({ pandoc.RawInline("typst", "#box["), whole, pandoc.RawInline("typst", "]") })
        else
          pieces:insert(pandoc.Span({ whole }, pandoc.Attr("", { "whole" })))
        end
        from = last + 1
      end
    end
  end
  if from <= #codes then pieces:insert(pandoc.Str(said(from, #codes))) end
  return pieces
end

-- A day is never broken at its hyphens; in Chinese it stands within its sentence without blanks.
local function whole_days(el)
  if el.text:match("^%p?%d%d%d%d%-%d%d%-%d%d%p*$") then return pandoc.Span({ el }, pandoc.Attr("", { "whole" })) end
  local pieces, from = pandoc.Inlines({}), 1
  for first, last in el.text:gmatch("%f[%w]()%d%d%d%d%-%d%d%-%d%d()%f[%W]") do -- not of a time: 2025-06-30T0930Z
    if first > from then pieces:insert(pandoc.Str(el.text:sub(from, first - 1))) end
    pieces:insert(pandoc.Span({ pandoc.Str(el.text:sub(first, last - 1)) }, pandoc.Attr("", { "whole" })))
    from = last
  end
  if #pieces == 0 then return nil end
  if from <= #el.text then pieces:insert(pandoc.Str(el.text:sub(from))) end
  return pieces
end

local WAVES = { Str = function(el) return not is("docx") and in_pieces(el.text) or nil end }

local function hold_days(doc)
  if not is("html") then return nil end
  doc.blocks = doc.blocks:walk({ Str = whole_days })
  return doc
end

-- On paper the blanks become ones that do not break; in HTML the words stand in one piece, so that their text stays.
local hold
function hold(inlines)
  local out, piece = pandoc.Inlines({}), nil
  for _, el in ipairs(inlines) do
    if el.t == "Span" or el.t == "Strong" or el.t == "Emph" or el.t == "Link" then el.content = hold(el.content) end
  end
  for i, el in ipairs(inlines) do
    local held = blank(el) and (triggers(inlines[i - 1], false) or triggers(inlines[i + 1], true))
      and holds(word_at(inlines, i - 3), word_at(inlines, i - 1), word_at(inlines, i + 1), word_at(inlines, i + 3))
    if held and not is("html") then
      out:insert(pandoc.Str(NARROW))
    elseif held then
      piece = piece or pandoc.Inlines({ out:remove(#out) })
      piece:insert(el)
    elseif piece and #piece > 0 and blank(piece[#piece]) then
      piece:insert(el)
    else
      if piece then
        out:insert(pandoc.Span(piece, pandoc.Attr("", { "whole" })))
        piece = nil
      end
      out:insert(el)
    end
  end
  if piece then out:insert(pandoc.Span(piece, pandoc.Attr("", { "whole" }))) end
  return out
end

local function hold_block(block)
  block.content = hold(block.content)
  return block, false
end

-- In HTML cells are left to the script, which folds them where a table is too wide; headings are held here.
local HOLD = {
  traverse = "topdown",
  Table = function(tbl)
    if not is("html") then return end
    for _, row in ipairs(tbl.head.rows) do
      for _, cell in ipairs(row.cells) do
        for _, block in ipairs(cell.contents) do
          if block.t == "Plain" or block.t == "Para" then block.content = hold(block.content) end
        end
      end
    end
    return tbl, false
  end,
  Para = hold_block, Plain = hold_block,
}

-- Tables in HTML -----------------------------------------------------------------------------------

local function empty(cell)
  return stringify(cell.contents) == ""
end

local function scope_heads(rows)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      cell.attributes.scope = cell.attributes.scope or (cell.col_span > 1 and "colgroup" or "col")
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

-- The name of a block of rows stands in a span, which stays in sight where the table scrolls sideways.
local function stays(cell)
  if not FORMAT:match("html") then return end
  cell.contents = cell.contents:map(function(block)
    if block.t ~= "Plain" and block.t ~= "Para" then return block end
    return pandoc.Plain({ pandoc.Span(block.content, { class = "block-name" }) })
  end)
end

-- The first column names the row, unless the table says otherwise (class "plain").
local function name_rows(tbl)
  if tbl.classes:includes("plain") or #tbl.colspecs < 2 then return end
  for _, body in ipairs(tbl.bodies) do
    if body.row_head_columns == 0 then body.row_head_columns = 1 end
    for _, row in ipairs(body.head) do
      for _, cell in ipairs(row.cells) do
        cell.attributes.scope = "rowgroup"
        if cell.col_span > 1 then stays(cell) end
      end
    end
    for _, row in ipairs(body.body) do
      local cell = row.cells[1]
      if cell and not empty(cell) then
        cell.attributes.scope = cell.attributes.scope or (cell.row_span > 1 and "rowgroup" or "row")
      end
    end
  end
end

-- An identifier is never broken at its hyphens.
local function keep_whole(tbl)
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do
        local text = stringify(cell.contents)
        if #text <= 14 and text:match("^%w+%-[%w%-]+$") or (text:match(" to ") and not text:match("%a%a%a") and #text < 32 and not text:match("%(")) then
          cell.classes:insert("whole")
        end
      end
    end
  end
end

-- Pairs, so that their order, and the page's bytes, are the same each time.
local SCROLL = {
  { "role", "group" },
  { "tabindex", "0" },
  { "aria-label", "⟦Table; scrolls sideways where it is wider than the screen⟧" },
}

local function html_table(tbl)
  if has_head(tbl) then scope_heads(tbl.head.rows) end
  name_rows(tbl)
  keep_whole(tbl)
  return pandoc.Div({ tbl }, pandoc.Attr("", { "table-scroll" }, SCROLL)), false
end

-- Heads and group rows are bold; in HTML and for Word's head rows the style sees to it.
local function bold(rows)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      cell.contents = cell.contents:walk({
        Plain = function(el)
          if #el.content > 0 then return pandoc.Plain({ pandoc.Strong(el.content) }) end
        end,
      })
    end
  end
end

-- A group may be opened by a row that has values of its own.
local function opens_group(row)
  return row and row.cells[1] and row.cells[1].attributes.scope == "rowgroup"
end

-- Rows under a group row step in; in HTML the page's style sees to it.
local function indent(rows, from)
  for i = from, #rows do
    local row = rows[i]
    local first = row.cells[1] and row.cells[1].contents[1]
    if first and first.content and is("typst") then
      first.content:insert(1, pandoc.RawInline("typst", "#stepped["))
      first.content:insert(pandoc.RawInline("typst", "]"))
    elseif first and first.content then
      row.cells[1].classes:insert("stepped")
    end
  end
end

-- Typst takes a plus or a hyphen that opens a cell for a list; an interval breaks before its bracket, not within.
local function set_for_paper(blocks)
  return blocks:walk({
    Inlines = function(inlines)
      local first, depth = inlines[1], 0
      if first and first.t == "Str" and (first.text == "+" or first.text == "-") then
        inlines[1] = pandoc.RawInline("typst", "\\" .. first.text)
      end
      for i, el in ipairs(inlines) do
        if el.t == "Str" then
          local _, opened = el.text:gsub("[%(%[]", "")
          local _, closed = el.text:gsub("[%)%]]", "")
          depth = depth + opened - closed
        elseif depth > 0 and (el.t == "Space" or el.t == "SoftBreak") and #stringify(inlines) < 32 then
          inlines[i] = pandoc.Str("\u{00A0}")
        end
      end
      return inlines
    end,
  })
end

local function typst_cells(tbl)
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do cell.contents = set_for_paper(cell.contents) end
    end
  end
end

local function bold_heads(tbl)
  if is("typst") then
    bold(tbl.head.rows)
    typst_cells(tbl)
  end
  for _, body in ipairs(tbl.bodies) do
    bold(body.head)
    if #body.head > 0 then
      indent(body.body, 1)
    elseif opens_group(body.body[1]) then
      bold({ { cells = { body.body[1].cells[1] } } })
      indent(body.body, 2)
    end
  end
  return tbl
end

-- Pandoc centres tables for typst; Quarto does not.
local function typst_table(tbl)
  local text = pandoc.write(pandoc.Pandoc({ bold_heads(tbl) }), "typst")
  local inner = text:match("^#figure%(%s*align%(center%)%[(#table.*)%]%s*,%s*kind: table%s*%)%s*$")
  return pandoc.RawBlock("typst", inner or text)
end

-- Floats in Word: Quarto puts each into a table of one cell, where heads cannot repeat; taken out again ---

local function only_cell(tbl)
  if #tbl.colspecs ~= 1 or #tbl.head.rows > 0 and has_head(tbl) then return nil end
  if #tbl.bodies ~= 1 or #tbl.bodies[1].body ~= 1 then return nil end
  return tbl.bodies[1].body[1].cells[1]
end

local function is_caption_mark(el)
  return el.t == "RawInline" and el.format == "openxml" and el.text:match('w:pStyle w:val="ImageCaption"') ~= nil
end

local function caption_of(para, style)
  local content = pandoc.List(para.content)
  if not content[1] or not is_caption_mark(content[1]) then return nil end
  content:remove(1)
  return styled(style, content)
end

-- Word: columns as wide as what stands in them, never narrower than a word; small type where it is needed.
local PAGE = { normal = 88, small = 108 } -- characters to a line of a table
local PADDING, BOLD, STEP = 4.5, 1.15, 2 -- of a cell, in characters; how much wider a head is; of a name that steps in

local function width_of(text)
  local width = 0
  for _, code in utf8.codes(text) do width = width + ((code >= 0x2E80 or code == 0x2003) and 2 or 1) end
  return width
end

local function longest_word(text)
  local longest = 0
  for word in text:gmatch("%S+") do longest = math.max(longest, width_of(word)) end
  return longest
end

-- The width each column would like, and the least it can do with.
local function measure(tbl)
  local wish, least = {}, {}
  for i = 1, #tbl.colspecs do wish[i], least[i] = 5, 5 end
  local function add(rows, wider)
    local held = {} -- columns that a cell of the row above takes, too
    for _, row in ipairs(rows) do
      local at = 1
      for _, cell in ipairs(row.cells) do
        while (held[at] or 0) > 0 do
          held[at], at = held[at] - 1, at + 1
        end
        for i = at, at + cell.col_span - 1 do held[i] = cell.row_span - 1 end
        local text = stringify(cell.contents)
        if cell.col_span == 1 and wish[at] then
          local room = PADDING + (cell.classes:includes("stepped") and STEP or 0)
          wish[at] = math.max(wish[at], wider * math.min(width_of(text), 44) + room)
          least[at] = math.max(least[at], wider * math.min(longest_word(text), 24) + room)
        end
        at = at + cell.col_span
      end
    end
  end
  add(tbl.head.rows, BOLD)
  for _, body in ipairs(tbl.bodies) do add(body.body, 1) end
  if least[1] then least[1] = math.min(wish[1], 24) end -- row names stay on one line where they can
  return wish, least
end

local function sum(values)
  local total = 0
  for _, value in ipairs(values) do total = total + value end
  return total
end

local function share_out(wish, least, page)
  local wished, needed = sum(wish), sum(least)
  if wished <= page then return wish, page end
  if needed >= page then return least, needed end
  local widths = {}
  for i in ipairs(wish) do widths[i] = least[i] + (wish[i] - least[i]) * (page - needed) / (wished - needed) end
  return widths, page
end

-- Cells in small type, and names that step in: their further lines begin below the first.
local function cell_styles(tbl, small)
  local function set(rows)
    for _, row in ipairs(rows) do
      for _, cell in ipairs(row.cells) do
        local style = (small and " Small" or "") .. (cell.classes:includes("stepped") and " Stepped" or "")
        if style ~= "" then
          local blocks = cell.contents:walk({ Plain = function(el) return pandoc.Para(el.content) end }) -- Word styles no Plain
          cell.contents = pandoc.Blocks({ pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = "Table" .. style })) })
        end
      end
    end
  end
  set(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do
    set(body.head)
    set(body.body)
  end
end

local function set_widths(tbl)
  local wish, least = measure(tbl)
  local small = sum(wish) > PAGE.normal * 1.15
  local widths, page = share_out(wish, least, small and PAGE.small or PAGE.normal)
  cell_styles(tbl, small)
  local specs = tbl.colspecs
  for i, width in ipairs(widths) do specs[i] = { specs[i][1], width / page } end
  tbl.colspecs = specs
  return tbl
end

local function word_table(tbl)
  if tbl.head.rows[1] == nil and #tbl.colspecs == 1 then return bold_heads(tbl) end
  return set_widths(bold_heads(tbl))
end

-- Word takes the alternative text from the image's caption, which Quarto leaves empty.
local TALLEST, DPI = 6.0, 254 -- inches of a page of Word that a figure takes at most: text finds room beside it

-- A picture taller than the page would be cut off in Word.
local function fit(image)
  local found, kind, content = pcall(pandoc.mediabag.fetch, image.src)
  if not found or kind ~= "image/png" or #content < 24 then return end
  local _, height = string.unpack(">I4I4", content, 17)
  if height / DPI <= TALLEST then return end
  image.attributes.width = nil
  image.attributes.height = TALLEST .. "in"
end

local function describe(image)
  fit(image)
  if #image.caption > 0 then return image end
  local alt = image.attributes["fig-alt"] or image.attributes.alt
  if not alt then return image end
  image.caption = pandoc.Inlines(alt)
  return image
end

-- Inside a float: pictures keep with their caption, what follows a table is its note.
local function style_float(blocks)
  return pandoc.Blocks(blocks):walk({
    traverse = "topdown",
    Div = function(div)
      if div.attributes["custom-style"] then return div, false end
    end,
    Table = function(tbl) return tbl, false end,
    Para = function(para)
      local first = para.content[1]
      if first and first.t == "Image" then return styled("Captioned Figure", para.content), false end
      return styled("Table Note", para.content), false
    end,
  })
end

local function unwrap_float(tbl)
  local cell = only_cell(tbl)
  if not cell then return nil end
  local found, style = false, "Image Caption"
  pandoc.Blocks(cell.contents):walk({ Table = function() style = "Table Caption" end })
  local blocks = pandoc.Blocks(cell.contents):walk({
    Para = function(para)
      local caption = caption_of(para, style)
      found = found or caption ~= nil
      return caption
    end,
  })
  if not found then return nil end
  blocks = blocks:walk({ Table = word_table })
  return pandoc.Div(style_float(blocks), pandoc.Attr(tbl.identifier ~= "" and tbl.identifier or cell.identifier)), false
end

-- The embedded renderer's floats are plain divs.
local function word_float(div)
  if not div.classes:includes("report-float") then return nil end
  div.classes = {}
  div.content = style_float(div.content)
  return div
end

-- Word: cover and contents ---------------------------------------------------------------------------

local function inlines_of(value)
  if type(value) == "string" then return pandoc.Inlines(value) end
  if pandoc.utils.type(value) == "Blocks" then return pandoc.utils.blocks_to_inlines(value) end
  return pandoc.Inlines(value)
end

local function cover_blocks(meta)
  local blocks = pandoc.List()
  for _, row in ipairs(meta.cover or {}) do
    local line = pandoc.Inlines({ pandoc.Strong(inlines_of(row.term)), pandoc.Str(":"), pandoc.Space() })
    line:extend(inlines_of(row.value))
    blocks:insert(styled("Cover Row", line))
  end
  return blocks
end

-- What a reader must know before the first number.
local function banner_blocks(meta)
  return pandoc.List(meta.banners or {}):map(function(row)
    return styled(stringify(row.kind) == "synthetic" and "Banner" or "Banner State", inlines_of(row.text))
  end)
end

-- Version, date, and fields for names and signatures that are filled in by hand.
local function control_blocks(meta)
  local control = meta.control
  if not control then return {} end
  local function cell(content)
    return pandoc.Cell({ styled("Control", content) }) -- its rows stay on one page
  end
  local function words(...)
    return pandoc.List({ ... }):map(function(word) return cell(pandoc.Inlines(word)) end)
  end
  local rows = pandoc.List(control.rows):map(function(row)
    return pandoc.Row({ cell(inlines_of(row.role)), cell(inlines_of(row.name)), cell({}), cell({ pandoc.Str("\u{00A0}"), pandoc.LineBreak(), pandoc.Str("\u{00A0}") }) })
  end)
  local head = pandoc.TableHead({ pandoc.Row(words("", "⟦Name⟧", "⟦Date⟧", "⟦Signature⟧")) })
  local specs = { { "AlignLeft", 0.16 }, { "AlignLeft", 0.3 }, { "AlignLeft", 0.2 }, { "AlignLeft", 0.34 } }
  local body = { attr = pandoc.Attr(), body = rows, head = {}, row_head_columns = 0 }
  local line = pandoc.Inlines("⟦Version⟧ ")
  line:extend(inlines_of(control.version))
  line:extend(pandoc.Inlines("\u{2003}⟦Date⟧ "))
  line:extend(inlines_of(control.date))
  return {
    styled("Tab Title", pandoc.Inlines("⟦Document control⟧")), styled("Cover Row", line),
    pandoc.Table({ long = {} }, specs, head, { body }, pandoc.TableFoot({})),
  }
end

local function openxml(text)
  return pandoc.RawInline("openxml", text)
end

local MARGINS = '<w:pgMar w:top="1247" w:right="1134" w:bottom="1134" w:left="1134" w:header="624" w:footer="567" w:gutter="0"/>'
local PORTRAIT = '<w:pgSz w:w="11906" w:h="16838"/>'
local LANDSCAPE = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'

local function section_end(size)
  return pandoc.RawBlock("openxml", "<w:p><w:pPr><w:sectPr>" .. size .. MARGINS .. "</w:sectPr></w:pPr></w:p>")
end

-- A contents field filled with links; Word adds page numbers when the reader updates it.
local function contents_blocks(doc)
  local entries = pandoc.List()
  doc.blocks:walk({
    Header = function(header)
      if header.level <= 2 and header.identifier ~= "" and not header.classes:includes("unlisted") then
        local text = pandoc.Link(pandoc.Inlines(stringify(header.content)), "#" .. header.identifier)
        entries:insert(styled("toc " .. header.level, { text }))
      end
    end,
  })
  if #entries == 0 then return entries end
  local begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u '
    .. '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
  entries[1].content[1].content:insert(1, openxml(begin))
  -- what follows stands below, as in the PDF: a head keeps with its text, and no page is left half empty
  entries[#entries].content[1].content:insert(openxml('<w:r><w:fldChar w:fldCharType="end"/></w:r>'))
  entries:insert(1, styled("TOC Heading", pandoc.Inlines("⟦Contents⟧")))
  return entries
end

local LOGO = "⟪logo|⟫" -- of the house

local function word_front(doc, screen)
  if not is("docx") then return doc end
  local front = banner_blocks(doc.meta)
  front:extend(screen and screen.content or {})
  if LOGO ~= "" then front:insert(1, pandoc.Para({ pandoc.Image("⟪logo-alt|⟫", LOGO, "", { height = "1.1cm" }) })) end
  front:extend(cover_blocks(doc.meta))
  front:extend(control_blocks(doc.meta))
  if not true_meta(doc.meta["no-contents"]) then front:extend(contents_blocks(doc)) end
  front:extend(doc.blocks)
  doc.blocks = front
  return doc
end

-- The first screen: its finding is the title, the rest stands before the contents -----------------------

local function divs_of(div, class)
  return pandoc.List(div.content):filter(function(el) return el.t == "Div" and el.classes:includes(class) end)
end

local function numbers_typst(div)
  local blocks = pandoc.List({ pandoc.RawBlock("typst", "#key-numbers(") })
  for _, number in ipairs(divs_of(div, "key-number")) do
    blocks:insert(pandoc.RawBlock("typst", "["))
    blocks:extend(number.content)
    blocks:insert(pandoc.RawBlock("typst", "],"))
  end
  blocks:insert(pandoc.RawBlock("typst", ")"))
  return blocks
end

-- In Word a row of a table; each number's lines below each other.
local function numbers_docx(div)
  local cells = divs_of(div, "key-number"):map(function(number) return pandoc.Cell(number.content) end)
  if #cells == 0 then return {} end
  local specs = pandoc.List(cells):map(function() return { "AlignDefault", 1 / #cells } end)
  local body = { attr = pandoc.Attr(), body = { pandoc.Row(cells) }, head = {}, row_head_columns = 0 }
  return pandoc.Table({ long = {} }, specs, pandoc.TableHead({}), { body }, pandoc.TableFoot({}))
end

-- In Word the figure leaves the answer on one page, and a line that is a heading keeps with what it heads.
local FIRST_HEIGHT = "3.2in"
local function first_docx(div)
  return div:walk({
    Image = function(image)
      image.attributes.width, image.attributes.height = nil, FIRST_HEIGHT
      return image
    end,
    Para = function(para)
      if #para.content == 1 and para.content[1].t == "Strong" then return styled("Tab Title", para.content[1].content) end
    end,
  })
end

local STRONG = { ["key-value"] = true }
local function first_screen(div)
  if is("html") then return div end
  if is("docx") then div = first_docx(div) end
  return div:walk({
    traverse = "topdown",
    Div = function(el)
      if el.classes:includes("downloads") then return {}, false end
      if el.classes:includes("key-numbers") then
        el = el:walk({ Span = function(span) if STRONG[span.classes[1]] then return pandoc.Strong(span.content) end end })
        return is("typst") and numbers_typst(el) or numbers_docx(el), false
      end
    end,
  })
end

-- A day in the title stays on one line.
local function whole_dates(inlines)
  if not is("html") then return inlines end
  local said = { style = "white-space: nowrap" }
  return inlines:walk({ Str = function(word)
    return word.text:match("^%d%d%d%d%-%d%d%-%d%d") and pandoc.Span({ word }, pandoc.Attr("", {}, said)) or nil
  end })
end

local function answer_first(doc)
  local rest, screen = pandoc.List(), nil
  for _, block in ipairs(doc.blocks) do
    local classes = block.t == "Div" and block.classes or pandoc.List()
    if classes:includes("finding") then
      doc.meta.title = pandoc.MetaInlines(whole_dates(pandoc.utils.blocks_to_inlines(block.content)))
      doc.meta.pagetitle = pandoc.MetaString(stringify(block.content))
    elseif classes:includes("first-screen") then
      screen = first_screen(block)
    else
      rest:insert(block)
    end
  end
  doc.blocks = pandoc.Blocks(rest)
  if screen and not is("docx") then doc.meta["first-screen"] = pandoc.MetaBlocks({ screen }) end
  return word_front(doc, screen)
end

-- Sources are set smaller than what rests on them.
local function sources(div)
  if not is("typst") or div.identifier ~= "refs" then return nil end
  local blocks = pandoc.List({ pandoc.RawBlock("typst", "#[\n#set text(size: 9pt)\n#set par(spacing: 0.8em)") })
  blocks:insert(div)
  blocks:insert(pandoc.RawBlock("typst", "]"))
  return blocks
end

-- Landscape pages --------------------------------------------------------------------------------------

local function landscape(div)
  if not div.classes:includes("landscape-page") then return nil end
  local blocks = pandoc.List(div.content)
  if is("typst") then
    blocks:insert(1, pandoc.RawBlock("typst", "#set page(flipped: true)"))
    blocks:insert(pandoc.RawBlock("typst", "#set page(flipped: false)"))
  elseif is("docx") then
    blocks:insert(1, section_end(PORTRAIT))
    blocks:insert(section_end(LANDSCAPE))
  else
    return nil
  end
  return blocks
end

-- References say their number as the language does it, "第2.3节"; Quarto knows only words that stand before a number.
local NAMED = { fig = "⟦Figure {n}⟧", tbl = "⟦Table {n}⟧", sec = "⟦Section {n}⟧" }

local function name_reference(link)
  if NAMED.tbl:match(" {n}$") or not link.classes:includes("quarto-xref") then return nil end
  local kind = link.target:match("^#(%a+)%-")
  local number = stringify(link.content):match("[%d%.]+$")
  if not NAMED[kind] or not number then return nil end
  link.content = pandoc.Inlines({ pandoc.Str((NAMED[kind]:gsub("{n}", number))) })
  return link
end

-- Numbers of a Word manuscript as fields: each shows a property of the document that bears the id of its result.
local function number_field(span)
  local ident = span.attributes["id"] or span.attributes["data-id"]
  if not span.classes:includes("result") or not ident then return nil end
  local begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> DOCPROPERTY "result:'
    .. ident .. '" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
  local inlines = pandoc.Inlines({ openxml(begin) })
  inlines:extend(span.content)
  inlines:insert(openxml('<w:r><w:fldChar w:fldCharType="end"/></w:r>'))
  return inlines
end

local function number_fields(doc)
  if not is("docx") or not true_meta(doc.meta["number-fields"]) then return nil end
  return doc:walk({ Span = number_field })
end

-- After a one what is counted stands in the singular; a text that is filled with numbers says "patients".
local ONE = {
  people = "person", participants = "participant", patients = "patient", subjects = "subject", events = "event",
  infections = "infection", visits = "visit", doses = "dose", courses = "course", drugs = "drug", joints = "joint",
  deviations = "deviation", examinations = "examination", queries = "query", entries = "entry", times = "time",
}

-- So does what is said of it, of "1 patient" as of "1 of 20 patients", not of "events in 1 patient".
local ONE_DOES = { were = "was", are = "is", have = "has", meet = "meets", need = "needs" }
local BESIDE = { ["in"] = true, of = true, by = true, ["for"] = true, from = true, with = true, on = true, at = true, to = true }

local function is_gap(inline) return inline and (inline.t == "Space" or inline.t == "SoftBreak") end

local function is_number(inline) return inline and inline.t == "Span" and inline.classes:includes("result") end

local function is_word(inline, word) return inline and inline.t == "Str" and (not word or inline.text == word) end

local function in_one(inlines, place, words)
  local word, rest = inlines[place].text:match("^(%a+)(.*)$")
  if words[word] then inlines[place] = pandoc.Str(words[word] .. rest) end
  return words[word] ~= nil and rest == ""
end

local function in_number(inlines)
  for i = 1, #inlines - 2 do
    if is_number(inlines[i]) and stringify(inlines[i].content) == "1" and is_gap(inlines[i + 1]) then
      local place = i + 2
      if is_word(inlines[place], "of") and is_gap(inlines[place + 1]) and is_number(inlines[place + 2]) and
         is_gap(inlines[place + 3]) and is_word(inlines[place + 4]) then
        place = place + 6 -- behind "of 20 patients"
      elseif is_word(inlines[place]) and in_one(inlines, place, ONE) then
        place = place + 2
      end
      local subject = not (is_word(inlines[i - 2]) and BESIDE[inlines[i - 2].text:lower()])
      if subject and is_gap(inlines[place - 1]) and is_word(inlines[place]) then in_one(inlines, place, ONE_DOES) end
    end
  end
  return inlines
end

return {
  { Inlines = in_number },
  HOLD,
  WAVES,
  { Pandoc = hold_days },
  { Link = name_reference },
  { Image = function(image) return is("docx") and describe(image) or nil end },
  {
    traverse = "topdown",
    Table = function(tbl)
      if is("html") then return html_table(tbl) end
      if is("docx") then
        local float = unwrap_float(tbl)
        if float then return float, false end
        return word_table(tbl), false
      end
      if is("typst") then return quarto and bold_heads(tbl) or typst_table(tbl) end
    end,
  },
  { Div = function(div) return is("docx") and word_float(div) or sources(div) or landscape(div) end },
  { Pandoc = number_fields },
  { Pandoc = answer_first },
}
