(function () {
  "use strict";
  var doc = document;

  function make(tag, attributes, text) {
    var node = doc.createElement(tag);
    Object.keys(attributes || {}).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (text !== undefined) { node.textContent = text; }
    return node;
  }
  function all(selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); }

  function say(text, slots) { return text.replace(/\{(\w+)\}/g, function (whole, name) { return slots[name]; }); }
  /* A Han character is as wide as two letters. */
  function width(text) { return text.length + (text.match(/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/g) || []).length; }

  /* Light or dark: the reader's choice, kept where the browser allows it. */
  function themes() {
    var root = doc.documentElement, stored = null;
    try { stored = localStorage.getItem("report-theme"); } catch (e) { stored = null; }
    var dark = stored ? stored === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    var button = make("button", { type: "button", "class": "theme-toggle" });
    function show() { button.textContent = dark ? "⟦Light page⟧" : "⟦Dark page⟧"; }
    if (stored) { root.setAttribute("data-theme", stored); }
    button.addEventListener("click", function () {
      dark = !dark;
      root.setAttribute("data-theme", dark ? "dark" : "light");
      try { localStorage.setItem("report-theme", dark ? "dark" : "light"); } catch (e) { /* not kept */ }
      show();
    });
    show();
    var strip = doc.querySelector(".strip"), cover = doc.querySelector(".cover");
    if (strip) { strip.appendChild(button); } else if (cover) { cover.insertBefore(button, cover.firstChild); }
  }

  /* Contents: folded on a phone, and the section in view is marked. */
  function contents() {
    var nav = doc.getElementById("TOC");
    if (!nav) { return; }
    var details = nav.querySelector("details"), wide = matchMedia("(min-width: 70rem)");
    nav.setAttribute("data-live", "");
    function fit() { details.open = wide.matches || matchMedia("print").matches; }
    fit();
    wide.addEventListener("change", fit);
    nav.addEventListener("click", function (event) {
      if (event.target.closest("a") && !wide.matches) { details.open = false; }
    });
    addEventListener("afterprint", fit);
    var links = {};
    all("a[href^='#']", nav).forEach(function (link) { links[decodeURIComponent(link.hash.slice(1))] = link; });
    var heads = all("main h1[id], main h2[id], main h3[id]").filter(function (head) { return links[head.id]; });
    function mark() {
      var current = null;
      heads.forEach(function (head) { if (head.getBoundingClientRect().top < 120) { current = head.id; } });
      Object.keys(links).forEach(function (id) {
        if (id === current) { links[id].setAttribute("aria-current", "true"); } else { links[id].removeAttribute("aria-current"); }
      });
      var link = current && links[current];
      if (link && wide.matches) {
        var box = nav.getBoundingClientRect(), at = link.getBoundingClientRect();
        if (at.top < box.top || at.bottom > box.bottom) { nav.scrollTop += at.top - box.top - box.height / 3; }
      }
    }
    var waiting = false;
    addEventListener("scroll", function () {
      if (waiting) { return; }
      waiting = true;
      requestAnimationFrame(function () { waiting = false; mark(); });
    }, { passive: true });
    mark();
  }

  /* How the report is cited: copied on request; without a clipboard the text itself is shown. */
  function citation() {
    all(".cite-as").forEach(function (text) {
      var button = make("button", { type: "button" }, "⟦Copy citation⟧"), said = make("span", { "class": "visually-hidden", role: "status" });
      text.hidden = true;
      text.parentNode.insertBefore(button, text);
      text.parentNode.appendChild(said);
      button.addEventListener("click", function () {
        function show() { text.hidden = false; }
        if (!navigator.clipboard) { show(); return; }
        navigator.clipboard.writeText(text.textContent).then(function () {
          button.textContent = said.textContent = "⟦Citation copied⟧";
        }, show);
      });
    });
  }

  /* The way back stands in the contents, which stay in view: it covers nothing. */
  function backToTop() {
    var nav = doc.getElementById("TOC");
    if (nav) { nav.appendChild(make("a", { href: "#top", "class": "to-top" }, "⟦Back to top⟧")); }
  }

  /* Search over headings, captions, names of rows, terms and the text with its numbers: all of it is in the page, nothing is asked of a network. */
  function search() {
    var nav = doc.getElementById("TOC"), places = null;
    if (!nav) { return; }
    var box = make("div", { "class": "search", role: "search" }), list = make("ul", { "aria-live": "polite" });
    var field = make("input", { type: "search", "aria-label": "⟦Search this page⟧", placeholder: "⟦Search this page⟧" });
    function gathered() {
      return all("main h1[id], main h2[id], main h3[id], figcaption, tbody th, dt").map(function (node) {
        var within = node.closest("[id]"), copy = node.cloneNode(true);
        all(".backlinks, .copy-link", copy).forEach(function (extra) { extra.remove(); });
        var text = copy.textContent.replace(/\s+/g, " ").trim();
        return within && text ? { id: within.id, text: text, low: text.toLowerCase() } : null;
      }).filter(Boolean).concat(elsewhere(), sentences());
    }
    /* What the text says, its numbers among it; after all that has a name. */
    function sentences() {
      return all("main p, main li").filter(function (node) { return !node.closest("figure, nav, #refs, .downloads"); }).map(function (node, place) {
        var text = node.textContent.replace(/\s+/g, " ").trim();
        node.id = node.id || "text-" + place;
        return text ? { id: node.id, text: text, low: text.toLowerCase(), said: true } : null;
      }).filter(Boolean);
    }
    /* The part of a text that holds the first word looked for. */
    function part(place, word) {
      var from = place.said ? Math.max(0, place.low.indexOf(word) - 30) : 0;
      return (from ? "\u2026" : "") + place.text.slice(from, from + 90);
    }
    /* Other chapters: their headings, and the names under each. */
    function elsewhere() {
      var found = [];
      all(".elsewhere a").forEach(function (link) {
        [""].concat(link.dataset.names.split(" ").filter(Boolean)).forEach(function (name) {
          var text = link.textContent + (name && ": " + name);
          found.push({ id: link.getAttribute("href"), text: text, low: text.toLowerCase(), away: true });
        });
      });
      return found;
    }
    field.addEventListener("input", function () {
      var words = field.value.toLowerCase().split(/\s+/).filter(Boolean), seen = {};
      places = places || gathered();
      list.textContent = "";
      if (!words.length) { return; }
      places.filter(function (place) {
        var key = place.id + place.low, fits = !seen[key] && words.every(function (word) { return place.low.indexOf(word) >= 0; });
        seen[key] = seen[key] || fits;
        return fits;
      }).slice(0, 25).forEach(function (place) {
        var item = make("li"), link = make("a", { href: place.away ? place.id : "#" + encodeURIComponent(place.id) }, part(place, words[0]));
        item.appendChild(link);
        list.appendChild(item);
      });
      if (!list.firstChild) { list.appendChild(make("li", {}, "⟦Nothing found⟧")); }
    });
    box.appendChild(field);
    box.appendChild(list);
    var details = nav.querySelector("details");
    details.insertBefore(box, details.children[1] || null);
  }

  function copied(button, text) {
    var before = button.textContent;
    function show() { window.prompt("⟦Copy⟧", text); }
    if (!navigator.clipboard) { show(); return; }
    navigator.clipboard.writeText(text).then(function () {
      button.textContent = "⟦Copied⟧";
      setTimeout(function () { button.textContent = before; }, 2000);
    }, show);
  }

  /* The address of a figure or table, to be passed on. */
  function copyLinks() {
    all(".quarto-float[id]").forEach(function (float) {
      var caption = float.querySelector("figcaption");
      if (!caption) { return; }
      var button = make("button", { type: "button", "class": "copy-link" }, "⟦Copy link⟧");
      button.addEventListener("click", function () { copied(button, location.href.split("#")[0] + "#" + float.id); });
      caption.appendChild(button);
    });
  }

  /* A drawing without its colours for dark pages. */
  function onWhite(src) {
    var parts = src.split(",");
    return parts[0] + "," + btoa(atob(parts[1]).replace(/<style>@media \(prefers-color-scheme:dark\).*?<\/style>/, ""));
  }

  /* A figure as a file: its vectors, its picture at twice the size, both as on white paper. */
  function pictures() {
    all(".figure-files").forEach(function (place) {
      var float = place.closest("[id]"), img = float.querySelector("img"), vector = /^data:image\/svg/.test(img.src);
      var src = vector ? onWhite(img.src) : img.src;
      function offer(text, ending, act) {
        var link = make("a", { href: src, download: float.id + "." + ending }, text);
        if (act) { link.addEventListener("click", act); }
        place.insertBefore(link, place.querySelector(".numbers"));
        place.insertBefore(doc.createTextNode(" "), link.nextSibling);
      }
      function painted(event) {
        var canvas = make("canvas"), whole = new Image(), link = event.currentTarget;
        if (link.href !== src) { return; }
        event.preventDefault();
        whole.onload = function () {
          canvas.width = 2 * whole.naturalWidth;
          canvas.height = 2 * whole.naturalHeight;
          canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
          link.href = canvas.toDataURL("image/png");
          link.click();
        };
        whole.src = src;
      }
      offer("PNG", "png", vector && painted);
      if (vector) { offer("SVG", "svg"); }
    });
  }

  /* Long listings can be narrowed down by a word. */
  function filters() {
    all(".listing table, table.listing, table.sortable").forEach(function (table) {
      var rows = table.tBodies.length === 1 ? Array.prototype.slice.call(table.tBodies[0].rows) : [];
      if (rows.length < 8 || table.querySelector("tbody [rowspan], tbody [colspan]")) { return; }
      var box = make("div", { "class": "filter" }), field = make("input", { type: "search", "aria-label": "⟦Show rows with⟧", placeholder: "⟦Show rows with⟧" });
      var said = make("span", { role: "status" });
      field.addEventListener("input", function () {
        var word = field.value.toLowerCase(), shown = 0;
        rows.forEach(function (row) {
          row.hidden = row.textContent.toLowerCase().indexOf(word) < 0;
          shown += row.hidden ? 0 : 1;
        });
        said.textContent = word ? say("⟦{shown} of {rows} rows⟧", { shown: shown, rows: rows.length }) : "";
      });
      box.appendChild(field);
      box.appendChild(said);
      var frame = table.closest(".table-scroll") || table;
      frame.parentNode.insertBefore(box, frame);
    });
  }

  /* From a figure or table back to where the text speaks of it. */
  function backlinks() {
    all(".quarto-float[id]").forEach(function (float) {
      var caption = float.querySelector("figcaption");
      var mentions = all("main a.quarto-xref").filter(function (link) { return link.getAttribute("href") === "#" + float.id; });
      if (!caption || !mentions.length) { return; }
      var name = mentions[0].textContent.trim();
      var list = make("span", { "class": "backlinks" });
      list.appendChild(doc.createTextNode("⟦in text: ⟧"));
      mentions.forEach(function (link, index) {
        link.id = link.id || "mention-" + float.id + "-" + (index + 1);
        var label = say("⟦Back to mention {n} of {name}⟧", { n: index + 1, name: name });
        list.appendChild(make("a", { href: "#" + link.id, "aria-label": label }, String(index + 1)));
      });
      caption.appendChild(list);
    });
  }

  /* What a number is, in words; its id on request. */
  var FIELDS = [["analysis", "⟦Analysis⟧"], ["population", "⟦Population⟧"], ["variable", "⟦Variable⟧"], ["visit", "⟦Visit⟧"],
    ["n", "⟦Patients⟧"], ["values", "⟦Values⟧"], ["missing", "⟦Missing⟧"], ["method", "⟦Method⟧"], ["unit", "⟦Unit⟧"], ["notebook", "⟦Notebook⟧"]];
  /* The table that shows a number, and its row where only one has it; the supplement where the table stands there. */
  function whereShown(span) {
    var label = span.dataset.table, float = label && doc.getElementById(label), named, away;
    if (!label) { return null; }
    if (float) {
      named = /^[^\d]*S?\d+/.exec(float.querySelector("figcaption").textContent.trim());
    } else {
      away = all("a.other-document").filter(function (link) { return link.getAttribute("href").split("#")[1] === label; })[0];
      named = away && [away.textContent.trim()];
    }
    if (!named) { return null; }
    var text = span.dataset.row ? say("⟦{table}, row {n}⟧", { table: named[0].trim(), n: span.dataset.row }) : named[0].trim();
    return { href: away ? away.getAttribute("href") : "#" + label, text: text, row: float && span.dataset.row };
  }
  /* The row of a table that was asked for is marked until the next is. */
  function markRow(label, number) {
    all("tr.asked-for").forEach(function (row) { row.classList.remove("asked-for"); });
    var rows = all("tbody tr", doc.getElementById(label)).filter(function (row) { return row.querySelector("td"); });
    rows.slice(0, number).slice(-1).forEach(function (row) { row.classList.add("asked-for"); });
  }
  function results() {
    var panel = null, opener = null;
    function close(refocus) {
      if (!panel) { return; }
      panel.remove();
      opener.setAttribute("aria-expanded", "false");
      if (refocus) { opener.focus(); }
      panel = opener = null;
    }
    function open(button, span) {
      close(false);
      opener = button;
      panel = make("div", { "class": "result-details", role: "dialog", "aria-label": "⟦Where this number comes from⟧" });
      panel.appendChild(make("p", {}, span.dataset.label || "⟦Where this number comes from⟧"));
      var list = make("dl");
      FIELDS.forEach(function (field) {
        var value = span.getAttribute("data-" + field[0]);
        if (!value) { return; }
        list.appendChild(make("dt", {}, field[1]));
        list.appendChild(make("dd", {}, value));
      });
      var shown = whereShown(span);
      if (shown) {
        list.appendChild(make("dt", {}, "⟦Shown in⟧"));
        var link = list.appendChild(make("dd", {})).appendChild(make("a", { href: shown.href }, shown.text));
        if (shown.row) { link.addEventListener("click", function () { markRow(span.dataset.table, shown.row); }); }
      }
      panel.appendChild(list);
      var more = make("details"), ident = span.getAttribute("data-id");
      more.appendChild(make("summary", {}, "⟦Id of the result⟧"));
      more.appendChild(make("code", {}, ident));
      var copy = make("button", { type: "button", "class": "copy" }, "⟦Copy⟧");
      copy.addEventListener("click", function () {
        var told = [span.textContent, span.dataset.label, span.dataset.n && say("⟦{n} patients⟧", { n: span.dataset.n }), (whereShown(span) || {}).text, span.dataset.method, ident];
        copied(copy, told.filter(Boolean).join("; "));
      });
      panel.appendChild(copy);
      panel.appendChild(more);
      var shut = make("button", { type: "button", "aria-label": "⟦Close⟧" }, "\u00d7");
      shut.addEventListener("click", function () { close(true); });
      panel.appendChild(shut);
      doc.body.appendChild(panel);
      var at = button.getBoundingClientRect(), room = doc.documentElement.clientWidth;
      var left = Math.max(8, Math.min(at.left, room - panel.offsetWidth - 8));
      var below = at.bottom + panel.offsetHeight + 12 < innerHeight || at.top < panel.offsetHeight + 12;
      panel.style.left = left + scrollX + "px";
      panel.style.top = (below ? at.bottom + 6 : at.top - panel.offsetHeight - 6) + scrollY + "px";
      button.setAttribute("aria-expanded", "true");
      shut.focus({ preventScroll: true });
    }
    /* A bracket before a number and a stop after it stay on its line. */
    function keep(span) {
      var before = span.previousSibling, after = span.nextSibling, whole = make("span", { "class": "with-result" });
      var last = before && before.nodeType === 3 ? before.data.slice(-1) : "";
      var opening = /[(\u201c\uff08\uff3b]/.test(last) ? last : "";
      var closing = after && after.nodeType === 3 && /^[).,;:%\u201d\uff09\uff3d\uff0c\u3002\uff1b\uff1a\u3001]+/.exec(after.data);
      if (!opening && !closing) { return; }
      span.parentNode.insertBefore(whole, span);
      if (opening) { before.data = before.data.slice(0, -1); whole.appendChild(doc.createTextNode(opening)); }
      whole.appendChild(span);
      if (closing) { after.data = after.data.slice(closing[0].length); whole.appendChild(doc.createTextNode(closing[0])); }
    }
    all("span.result[data-id]").forEach(function (span) {
      /* no button: that is a box of its own, which a line before it ends for */
      var button = make("span", { role: "button", tabindex: "0", "class": "result-open", "aria-expanded": "false", "aria-haspopup": "dialog" });
      while (span.firstChild) { button.appendChild(span.firstChild); }
      span.appendChild(button);
      keep(span);
      button.addEventListener("click", function (event) {
        event.stopPropagation();
        if (opener === button) { close(true); } else { open(button, span); }
      });
      button.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); button.click(); }
      });
    });
    doc.addEventListener("keydown", function (event) { if (event.key === "Escape") { close(true); } });
    doc.addEventListener("click", function (event) { if (panel && !panel.contains(event.target)) { close(false); } });
  }

  /* Listings sort by a column; numbers as numbers. */
  function sortable() {
    all(".listing table, table.listing, table.sortable").forEach(function (table) {
      var body = table.tBodies[0];
      if (!table.tHead || table.tHead.rows.length !== 1 || !body || table.querySelector("tbody [rowspan], tbody [colspan]")) { return; }
      var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
      function key(row, index) {
        var text = row.cells[index].textContent.trim().replace("\u2212", "-");
        var number = /^[<>\u2264\u2265]?\s*[-+]?[\d.,]+/.test(text) ? parseFloat(text.replace(/[^\d.eE+-]/g, "")) : NaN;
        return isNaN(number) || /^\d{4}-\d{2}/.test(text) ? text : number;
      }
      function compare(a, b) {
        if (typeof a === "number" && typeof b === "number") { return a - b; }
        if (typeof a === "number") { return -1; }
        if (typeof b === "number") { return 1; }
        return a.localeCompare(b, doc.documentElement.lang, { numeric: true });
      }
      heads.forEach(function (head, index) {
        if (!head.textContent.trim()) { return; }
        var button = make("button", { type: "button", "class": "sort" });
        while (head.firstChild) { button.appendChild(head.firstChild); }
        head.appendChild(button);
        button.addEventListener("click", function () {
          var down = head.getAttribute("aria-sort") === "ascending";
          heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
          head.setAttribute("aria-sort", down ? "descending" : "ascending");
          Array.prototype.slice.call(body.rows)
            .map(function (row, place) { return { row: row, place: place, key: key(row, index) }; })
            .sort(function (a, b) { return (down ? -1 : 1) * compare(a.key, b.key) || a.place - b.place; })
            .forEach(function (item) { body.appendChild(item.row); });
        });
      });
    });
  }

  function tabs() {
    all(".tabs").forEach(function (set, number) {
      var panels = all(":scope > .tab", set);
      if (!panels.length) { return; }
      var bar = make("div", { role: "tablist", "aria-label": "⟦Views⟧" });
      var buttons = panels.map(function (panel, index) {
        var id = "tab-" + number + "-" + index;
        panel.id = panel.id || id + "-panel";
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("tabindex", "0");
        panel.setAttribute("aria-labelledby", id);
        var button = make("button", { type: "button", role: "tab", id: id, "aria-controls": panel.id }, panel.querySelector(".tab-title").textContent);
        bar.appendChild(button);
        return button;
      });
      function choose(index, focus) {
        buttons.forEach(function (button, i) {
          button.setAttribute("aria-selected", String(i === index));
          button.tabIndex = i === index ? 0 : -1;
          panels[i].hidden = i !== index;
        });
        if (focus) { buttons[index].focus(); }
      }
      buttons.forEach(function (button, index) {
        button.addEventListener("click", function () { choose(index, false); });
        button.addEventListener("keydown", function (event) {
          var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (step) { choose((index + step + buttons.length) % buttons.length, true); event.preventDefault(); }
          if (event.key === "Home") { choose(0, true); event.preventDefault(); }
          if (event.key === "End") { choose(buttons.length - 1, true); event.preventDefault(); }
        });
      });
      set.insertBefore(bar, panels[0]);
      set.classList.add("live");
      choose(0, false);
      /* A link to something inside a folded tab opens it. */
      function reveal() {
        var target = location.hash && doc.getElementById(decodeURIComponent(location.hash.slice(1)));
        panels.forEach(function (panel, index) {
          if (target && panel.contains(target) && panel.hidden) { choose(index, false); target.scrollIntoView(); }
        });
      }
      addEventListener("hashchange", reveal);
      reveal();
    });
  }

  /* An interval is one piece that can go under its estimate; a bracket in a head is not broken either. */
  function pieces(frame) {
    all("td, thead th", frame).forEach(function (cell) {
      var drawn = cell.querySelector(".interval");
      var text = cell.childNodes.length === (drawn ? 2 : 1) && cell.firstChild.nodeType === 3 && cell.firstChild;
      var head = cell.tagName === "TH";
      var found = text && (head ? /^(.+ )(\([^()]{1,10}\))(?!.)/ : /^(\S+ )(\([^()\d]*\d[\d.,\s]*[^\d.,\s()]+[^()]*\d[^()]*\)|\([^()\s]{1,4} [=<>] [^()\s]{1,8}\)|\[[^\[\]]+\])(?!.)/).exec(text.data);
      if (!found) { return; }
      text.data = found[1];
      cell.insertBefore(make("span", { "class": head ? "whole" : "whole under" }, found[2]), drawn);
    });
  }

  /* Names of rows get the room they need: one line when short, little for numbers, three lines for sentences. */
  function names(frame) {
    var longest = 0;
    all("tbody th[scope='row']", frame).forEach(function (head) {
      var length = width(head.textContent.trim());
      longest = Math.max(longest, length);
      if (length < 13) { head.classList.add("whole"); }
    });
    // in rem: the frame and its table have letters of two sizes
    if (longest) { frame.style.setProperty("--names", Math.min(0.48 * longest + 1.05, 9.6) + "rem"); }
  }

  /* As far as a table scrolls, a column begins where the names end: none rests half behind them. */
  function reach(frame) {
    var head = frame.querySelector("tbody th[scope='row']"), most = frame.scrollWidth - frame.clientWidth;
    if (!head || most < 2) { return; }
    all("td", head.parentElement).some(function (cell) {
      var begins = cell.offsetLeft - head.offsetWidth;
      if (begins < most - 1) { return false; }
      frame.style.setProperty("--reach", begins + frame.clientWidth + "px");
      return true;
    });
  }

  /* A table that is wider than its frame is closed up, then its intervals go under; what still scrolls, code too, is a stop for the keyboard. */
  function frames() {
    var tables = all(".table-scroll");
    function wide(frame) { return frame.scrollWidth > frame.clientWidth + 1; }
    function fit() {
      tables.forEach(function (frame) {
        frame.style.removeProperty("--reach");
        frame.classList.remove("close-up", "closer", "folded");
      });
      ["close-up", "closer", "folded"].forEach(function (step) {
        tables.filter(wide).forEach(function (frame) { frame.classList.add(step); });
      });
      tables.concat(all("pre")).forEach(function (frame) {
        if (wide(frame)) { frame.tabIndex = 0; } else { frame.removeAttribute("tabindex"); }
      });
      tables.forEach(reach);
    }
    tables.forEach(pieces);
    tables.forEach(names);
    fit();
    addEventListener("resize", fit);
  }

  /* Paper shows what is folded on the screen. */
  function printing() {
    var folded = [];
    addEventListener("beforeprint", function () {
      folded = all("details:not([open])");
      folded.forEach(function (details) { details.open = true; });
    });
    addEventListener("afterprint", function () { folded.forEach(function (details) { details.open = false; }); });
  }

  /* How old the reports of a list are. */
  function ages() {
    all(".age[data-made]").forEach(function (node) {
      var days = Math.floor((Date.now() - Date.parse(node.dataset.made)) / 864e5);
      if (days >= 0) { node.textContent = days === 0 ? "⟦Made today.⟧" : say("⟦Made {n} days ago.⟧", { n: days }); }
    });
  }

  function stale() {
    all("[data-stale-after]").forEach(function (note) {
      if (Date.now() > Date.parse(note.dataset.staleAfter)) { note.hidden = false; }
    });
  }

  [themes, contents, citation, backToTop, search, backlinks, copyLinks, pictures, results, sortable, filters, tabs, frames, printing, ages, stale].forEach(function (part) { part(); });
})();
