// The assistant on any page: docs/embedding.md, docs/api.md. Syntax of 2018.
(function () {
"use strict";
const SCRIPT = document.currentScript;
const ORIGIN = new URL(SCRIPT.src).origin;
const FOREIGN = ORIGIN !== location.origin;
const TIMEOUT = 8000; // milliseconds
const TYPING = 200;
const COUNTED = 400;
const RATED = /^(answered|refused|calculated|match_result|check_(?!asking)|sheet)/;
const PHONE = /(^|[^\d.])(0\d{2,3}[-—]\d{7,8}|1\d{10}|12[3-9]\d\d|11[09](?=[报報]))(?![\d.%元”])/g;

const WORDS = {
  name: "政策助手",
  about: "按印发的政策册子回答，每句有出处。请不要发身份证号。",
  log: "对话",
  you: "您说：",
  input: "说说您想问的事",
  send: "发送",
  open: "打开{0}",
  news: "，有新消息",
  close: "关闭",
  place: "选地方",
  in_place: "我在{0}",
  menu: "菜单",
  match: "我能享受哪些政策",
  calculators: "计算器",
  phones: "查电话",
  schemes: "全部政策",
  human: "转人工",
  size: "字号",
  normal: "标准",
  large: "大",
  huge: "特大",
  contrast: "高对比",
  theme: "颜色",
  light: "浅色",
  dark: "深色",
  auto: "跟随系统",
  lang: "文字",
  restart: "重新开始",
  sure: "确定重新开始？对话会清空",
  waiting: "正在查册子…",
  failed: "没有发出去",
  resend: "重发",
  offline: "网络断了，连上后可以重发",
  unreached: "没有连上",
  retry: "再试一次",
  incident: "编号 {0}",
  notice: "注意：",
  source: "看原文",
  page: "打开原文",
  copy: "复制",
  copied: "已复制",
  uncopied: "没能复制",
  up: "有帮助",
  down: "没帮上",
  reason: "哪里不好？",
  comment: "想补充的话（可以不写）",
  submit: "提交",
  thanks: "谢谢您，记下了",
  question: "第{0}题",
  left: "，大约还有{0}题",
  last: "，大约是最后一题",
  ok: "确定",
  empty: "请先填写",
  number: "请填数字",
  whole: "请填整数",
  least: "不能小于{0}",
  most: "不能大于{0}",
  choose: "请选",
  reckon: "算一算",
  reasons: "理由",
  benefit: "能得到",
  documents: "要带的材料",
  offices: "去哪里办",
  online: "网上办",
  deadline: "什么时候办",
  scheme: "看这项政策",
  sheet: "打开一次性告知单（可打印）",
  content: "看内容",
};

// Of WORDS and verdicts, each with its traditional one.
const TRADITIONAL =
  "么麼于於会會关關内內册冊写寫准準制製办辦单單发發号號后後处處复複对對带帶帮幫开開数數断斷实實时時标標没沒浅淺电電确確约約络絡统統编編网網补補计計记記证證试試话話说說请請谢謝转轉还還这這连連选選里裏闭閉问問随隨项項题題颜顏";

const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  place: "M12 21c5-6 7-9 7-12a7 7 0 0 0-14 0c0 3 2 6 7 12zM12 8v2",
  phone: "M6 3h4l2 5-3 2a12 12 0 0 0 5 5l2-3 5 2v4a2 2 0 0 1-2 2A17 17 0 0 1 4 5a2 2 0 0 1 2-2z",
  notice: "M12 4l9 16H3zM12 10v4M12 17v.5",
  yes: "M5 12l5 5 9-11",
  open: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 18v.5",
  step: "M5 12h13M13 6l6 6-6 6",
  up: "M7 11v9H4v-9zl4-8c2 0 3 1 2 3l-1 3h7a2 2 0 0 1 2 2l-1 7a2 2 0 0 1-2 2H7",
  copy: "M9 9h10v11H9zM5 15V4h10",
};

// Other tabs store too.
function stored(change) {
  try {
    const kept = Object.assign({}, JSON.parse(localStorage.getItem("policy-bot")), change);
    if (change) localStorage.setItem("policy-bot", JSON.stringify(kept));
    return kept;
  } catch (error) {
    return {}; // no storage: kept as long as the page
  }
}

const memory = Object.assign({ size: "normal", theme: "auto", lang: "zh-CN" }, stored());

function remember(key, value) {
  memory[key] = value;
  stored({ [key]: value });
}

function t(key, value) {
  const text = (WORDS[key] || key).replace("{0}", () => value);
  const traditional = (one) => TRADITIONAL[TRADITIONAL.indexOf(one) | 1] || one;
  return memory.lang === "zh-CN" ? text : text.replace(/./g, traditional);
}

// h("button.chip", {onclick: f}, "text", node, [node])
function h(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  element.className = classes.join(" ");
  if (tag === "button") element.type = "button";
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : value);
  }
  return add(element, ...children);
}

function add(node, ...children) {
  node.append(...[].concat(...children).filter(Boolean));
  return node;
}

function icon(name) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const all = (node, selector) => Array.from(node.querySelectorAll(selector));

const only = (buttons, chosen, state) => buttons.forEach((each) => each.setAttribute(state, each === chosen));

function link(name, url, ...children) {
  const own = /^\/(?![/\\])/.test(url || "");
  return h(name, own ? { href: ORIGIN + url, target: "_blank", rel: "noopener" } : {}, ...children);
}

function dial(name, number, ...children) {
  return h(name, { href: "tel:" + number.replace(/\D/g, "") }, ...children);
}

// A text whose phone numbers can be dialled.
function said(name, text, ...before) {
  let from = 0;
  text.replace(PHONE, (match, head, number, at) => {
    before.push(text.slice(from, at + head.length), dial("a", number, number));
    from = at + match.length;
  });
  return h(name, { dir: "auto" }, ...before, text.slice(from));
}

function newId() {
  return "m" + crypto.getRandomValues(new Uint32Array(4)).join("-");
}

async function call(path, body) {
  const headers = { "Accept-Language": memory.lang, "Content-Type": "application/json" };
  if (FOREIGN && memory.token) headers.Authorization = "Bearer " + memory.token;
  const abort = window.AbortController ? new AbortController() : {};
  const timer = setTimeout(() => abort.abort && abort.abort(), TIMEOUT);
  const request = { headers, credentials: FOREIGN ? "omit" : "same-origin", signal: abort.signal };
  if (body) Object.assign(request, { method: "POST", body: JSON.stringify(body) });
  try {
    const answer = await fetch(ORIGIN + "/api/v1/" + path, request);
    const data = await answer.json();
    if (!answer.ok) throw Object.assign({ status: answer.status }, data.error);
    return data;
  } finally {
    clearTimeout(timer);
  }
}

async function session(fresh) {
  memory.token = stored().token || memory.token;
  const data = await call("sessions", { new: fresh, place: memory.place && memory.place.id });
  if (data.token) remember("token", data.token);
  return data.messages;
}

async function exchanged(message) {
  try {
    return await call("messages", message);
  } catch (error) {
    if (error.status !== 401) throw error;
    remember("token");
    await session();
    return call("messages", message);
  }
}

// The card of a reply; `ui` is what it may do: send, choose, reasons.
function card(exchange, ui) {
  const reply = exchange.reply;
  const verdict = reply.check && reply.check.verdict;
  const open = reply.check && !verdict && reply.status !== "match_result";
  const asking = (open && reply.check.asking) || {};
  const places = open ? [] : reply.suggestions.filter((each) => each.choice.startsWith("place:"));
  const others = reply.suggestions.filter((each) => !places.includes(each));
  const article = h("article.card");
  const notices = [];
  const told = {};
  for (const { kind, part, scheme, text } of reply.paragraphs) {
    const again = told[part || kind];
    told[part || kind] = true;
    if (kind === "notice") {
      notices.push(said("p.notice", text.replace(/^(注意：)?/, t("notice")), icon("notice")));
    } else if (kind === "quote" || (kind === "contact" && reply.contacts.length)) {
      if (!again) add(article, kind === "quote" ? quotes(reply) : reply.contacts.map(contact));
    } else if (kind === "ask") {
      if (places.length) add(article, chips(others, ui));
      if (open && !again) add(article, progress(reply.check));
      add(article, said("p.ask", asking.ask && text.startsWith(asking.ask) ? asking.ask : text));
    } else if (kind === "remark" && verdict && WORDS[part]) {
      if (!again) add(article, h("h2", {}, t(part)), h("ul." + part));
      add(article.lastChild, items(part, text));
    } else if (kind === "remark" && part) {
      add(article, outcome(part, scheme, text));
    } else if (kind === "sheet") {
      if (!again) add(article, h("details", {}, h("summary", {}, t("content"))));
      add(article.lastChild, said("p", text));
    } else if (kind !== "source") {
      if (verdict && kind === "lead" && !again) add(article, badge(reply));
      add(article, said("p." + (verdict ? "remark" : kind), text));
    }
  }
  article.prepend(...notices);
  if (!told.quote) add(article, quotes(reply));
  return add(
    article,
    reply.form && calculator(reply.form, ui),
    reply.sheet && link("a.sheet", reply.sheet.url, t("sheet")),
    open ? facts(asking, others, ui) : chips(places.length ? places : others, ui),
    RATED.test(reply.status) && footer(exchange, ui)
  );
}

function badge(reply) {
  const mark = { check_eligible: "yes", check_not_eligible: "close" }[reply.status] || "open";
  return h("p.verdict." + reply.status, {}, icon(mark), h("strong", {}, t(reply.check.verdict)), reply.check.name);
}

// Without the label of its heading.
function items(part, text) {
  const rest = text.replace(part === "reasons" ? "" : /^[^：；]{1,5}：/, "");
  if (part !== "documents") return [said("li", rest)];
  const box = () => h("input", { type: "checkbox" });
  return rest.split("；").map((each) => h("li", {}, h("label", {}, box(), said("span", each))));
}

function outcome(part, scheme, text) {
  const mark = { fits: "yes", step: "step", over: "notice", reasons: "close" }[part] || "open";
  const more = scheme && link("a.more", "/schemes/" + encodeURIComponent(scheme), t("scheme"));
  return h("div.outcome." + part, {}, icon(mark), h("div", {}, said("p", text), more));
}

// By section; no clause for a phone.
function quotes(reply) {
  const bare = reply.paragraphs.filter((each) => each.kind === "quote").map((each) => ({ quote: each.text }));
  const sections = {};
  for (const each of reply.citations.length ? reply.citations : bare) {
    const title = each.brochure ? `《${each.brochure}》${each.section}（${each.issued}）` : "";
    const phone = reply.contacts.some((one) => each.quote.includes(one.phone));
    sections[title] = sections[title] || { url: each.url, quotes: [] };
    if (!phone) sections[title].quotes.push(each.quote);
  }
  const titles = Object.keys(sections);
  const parts = titles.map((title) => [
    sections[title].quotes.length && said("blockquote", sections[title].quotes.join("\n")),
    title && h("p.source", {}, title + " ", link("a", sections[title].url, t("page"))),
  ]);
  const book = titles.length && h("small", {}, titles[0].replace(/》.*/, "》"));
  return titles.length && h("details", {}, h("summary", {}, t("source"), book), ...parts);
}

function contact(each) {
  const hours = each.hours && h("small", {}, each.hours);
  const text = h("span", {}, each.place + " · " + each.directory, h("b", {}, each.phone), hours);
  return dial("a.phone", each.phone, icon("phone"), text);
}

function chips(suggestions, ui) {
  return suggestions.length && h("div.chips", {}, suggestions.map((each) => chip("chip", each, () => ui.choose(each))));
}

const chip = (kind, each, onclick) => h("button." + kind, { onclick }, each.label);

function progress(check) {
  const rest = check.left - 1;
  const text = t("question", check.asked) + (rest > 0 ? t("left", rest) : rest ? "" : t("last"));
  const bar = h("i");
  const most = rest >= 0 && check.asked + rest;
  if (most) bar.style.width = (100 * check.asked) / most + "%";
  const state = { role: "progressbar", "aria-label": text, "aria-valuenow": check.asked, "aria-valuemax": most };
  return h("div.progress", state, text, most && h("span", {}, bar));
}

// A question of a check is answered once.
function facts(asking, suggestions, ui) {
  const area = h("div.facts");
  const once = (act) => {
    if (area.classList.contains("spent")) return;
    spend(area);
    act();
  };
  if (asking.type === "number" || asking.type === "date") {
    const field = Object.assign({ required: true }, asking, { label: asking.ask });
    const done = ([value]) => {
      const text = value + asking.unit;
      once(() => ui.send({ choice: `fact:${asking.label}:${value}`, text }, text, true));
    };
    area.append(fields("answer", [field], t("ok"), done));
  }
  const quiet = (each) => /^why:|:unknown$/.test(each.choice);
  const few = suggestions.filter((each) => !quiet(each)).length < 3;
  const button = (each) => {
    const kind = "chip." + (quiet(each) ? "quiet" : few ? "big.half" : "big");
    const made = chip(kind, each, () => once(() => (made.classList.add("used"), ui.choose(each))));
    return made;
  };
  return add(area, h("div.chips", {}, suggestions.map(button)));
}

function spend(area) {
  area.classList.add("spent");
  for (const each of all(area, "button,input")) {
    each.setAttribute("aria-disabled", true); // keeps the focus
    each.readOnly = true;
  }
}

function input(field, attributes) {
  const own = {
    number: { inputmode: field.whole ? "numeric" : "decimal" },
    yesno: { type: "checkbox" },
    date: { type: "date" },
  };
  const options = field.type === "choice" ? [{ value: "", label: t("choose") }].concat(field.options) : [];
  const option = (each) => h("option", { value: each.value }, each.label);
  const node = h(options.length ? "select" : "input", Object.assign(attributes, own[field.type]), options.map(option));
  node.value = field.value || "";
  node.checked = field.value === "yes";
  return node;
}

// Throws the sentence that says what is wrong.
function valueOf(field, node) {
  if (field.type === "yesno") return node.checked ? "yes" : field.value || field.asked ? "no" : "";
  const text = node.value.normalize("NFKC").replace(/[,\s]/g, "");
  if (!text && field.required) throw t("empty");
  if (!text || field.type !== "number") return text;
  if (!/^\d+(\.\d+)?$/.test(text)) throw t("number");
  if (field.whole && text % 1) throw t("whole");
  if (text < field.least) throw t("least", field.least);
  if (field.most !== null && text > field.most) throw t("most", field.most);
  return text;
}

function fields(kind, list, label, done) {
  const id = newId();
  const wrong = h("p.wrong", { role: "alert", id });
  const nodes = list.map((field, i) =>
    input(field, { id: id + i, "aria-describedby": id, "data-asked": field.asked || field.required })
  );
  const rows = list.map((field, i) =>
    h("div.field", {}, h("label", { for: id + i }, field.label), h("span.value", {}, nodes[i], field.unit))
  );
  const onsubmit = (event) => {
    event.preventDefault();
    wrong.textContent = "";
    const values = [];
    for (const node of nodes) {
      node.setAttribute("aria-invalid", false);
      try {
        values.push(valueOf(list[values.length], node));
      } catch (sentence) {
        wrong.textContent = sentence;
        node.setAttribute("aria-invalid", true);
        return node.focus();
      }
    }
    done(values);
  };
  return h("form." + kind, { novalidate: true, onsubmit }, rows, h("button.primary", { type: "submit" }, label), wrong);
}

function calculator(form, ui) {
  const done = (read) => {
    const values = {};
    read.forEach((value, i) => value && (values[form.fields[i].name] = value));
    ui.send({ form: { calculator: form.calculator, values } }, form.name, true);
  };
  return h("div", {}, h("h2", {}, form.name), fields("calculator", form.fields, t("reckon"), done));
}

function copy(text, button) {
  const asked = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject();
  return asked.then(() => true, () => {
    const area = h("textarea.hidden", {}, text);
    button.after(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    button.focus();
    return done;
  });
}

function footer(exchange, ui) {
  const told = h("p.told", { role: "status" });
  const more = h("div", { hidden: true });
  const body = { message: exchange.id, vote: exchange.vote };
  let saved = Promise.resolve();
  const save = () => {
    const now = Object.assign({}, body);
    saved = saved.then(() => call("feedback", now)).then(
      () => (told.textContent = now.vote ? t("thanks") : ""),
      (error) => (told.textContent = sentence(error))
    );
  };
  const votes = ["up", "down"].map((kind) => {
    const onclick = () => {
      Object.assign(body, { vote: body.vote === kind ? null : kind, reason: "", comment: "" });
      only(votes.concat(reasons), body.vote && made, "aria-pressed");
      comment.value = "";
      more.hidden = body.vote !== "down";
      more.scrollIntoView({ block: "nearest" });
      save();
    };
    const made = h("button.tool." + kind, { "aria-label": t(kind), onclick }, icon("up"));
    return made;
  });
  const reasons = ui.reasons().map((each) => {
    const made = chip("chip", each, () => {
      body.reason = each.id;
      only(reasons, made, "aria-pressed");
    });
    return made;
  });
  const onclick = () => {
    body.comment = comment.value;
    more.hidden = true;
    votes[1].focus();
    save();
  };
  only(votes.concat(reasons), votes[["up", "down"].indexOf(body.vote)], "aria-pressed");
  const comment = h("textarea", Object.assign({ rows: 2, maxlength: 200 }, named("comment")));
  more.append(t("reason"), h("div.chips", {}, reasons), comment, h("button.primary", { onclick }, t("submit")));
  const tool = h("button.tool", {}, icon("copy"), t("copy"));
  const tell = (done) => (told.textContent = t(done ? "copied" : "uncopied"));
  tool.addEventListener("click", () => copy(exchange.reply.text, tool).then(tell));
  return h("div", {}, h("div.tools", {}, tool, votes), more, told);
}

const named = (key) => ({ "aria-label": t(key), placeholder: t(key) });

const sentence = (error) => (error.status ? error.message : t("unreached"));

const composing = (event) => event.isComposing || event.keyCode === 229;

function popup(panel, button, list, opening) {
  const show = (on, back) => {
    list.hidden = !on;
    button.setAttribute("aria-expanded", on);
    if (on) opening();
    const item = list.querySelector("[role=radio][aria-checked=true]") || list.querySelector(".item");
    const to = on ? item : back && button;
    if (to) to.focus();
  };
  list.hidden = true;
  button.setAttribute("aria-expanded", false);
  button.addEventListener("click", () => show(list.hidden, true));
  const onkeydown = (event) => {
    if (list.hidden || composing(event)) return;
    const items = all(list, ".item");
    const at = items.indexOf(list.getRootNode().activeElement);
    const [next, last] = [at + 1, at - 1];
    const to = { ArrowDown: next, ArrowRight: next, ArrowUp: last, ArrowLeft: last, Home: 0, End: -1 }[event.key];
    if (to !== undefined && items.length) items[(to + items.length) % items.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") show(false, true);
    if (to === undefined && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
  };
  for (const each of [button, list]) each.addEventListener("keydown", onkeydown);
  panel.addEventListener("click", (event) => {
    if (!list.contains(event.target) && !button.contains(event.target)) show(false);
  }, true);
  return show;
}

function mount(host) {
  const options = Object.assign({}, SCRIPT.dataset, host.dataset);
  const full = host.getAttribute("mode") === "page";
  const shadow = host.attachShadow({ mode: "open" });
  const root = h("div", { dir: "ltr", hidden: true });
  const onload = () => (root.hidden = false);
  const href = ORIGIN + "/static/widget.css";
  shadow.append(h("link", { rel: "stylesheet", href, onload, onerror: full && onload }), root);
  const narrow = matchMedia("(max-width: 480px)");
  const night = matchMedia("(prefers-color-scheme: dark)");
  let about = { bot: options.name || t("name"), characters: 500, places: [], reasons: [] };
  let ready = null; // a promise
  let learnt = null;
  let pending; // until nothing is under way
  const track = (work) => (pending = Promise.all([pending, work]).then(Boolean, Boolean));
  let shown = full;
  let keyboard = false; // was touched last
  let parts = {};
  if (!memory.place && options.place) memory.place = { id: options.place };

  function style() {
    const dark = memory.theme === "dark" || (memory.theme !== "light" && night.matches);
    const colors = (dark ? "dark " : "") + (memory.contrast ? "contrast" : "");
    root.className = ["root", full ? "full" : "float", options.position, memory.size, colors].join(" ");
    host.lang = root.lang = memory.lang;
    if (full) document.documentElement.lang = memory.lang;
  }

  // The site's colour, where white can be read on it (4.5:1).
  function tint(color) {
    const [red, green, blue] = [1, 3, 5].map((at) => Math.pow(parseInt(color.substr(at, 2), 16) / 255, 2));
    if (0.21 * red + 0.72 * green + 0.07 * blue < 0.157) root.style.setProperty("--pb-main", color);
  }

  // The site's own place is not stored.
  function setPlace(place, told) {
    const before = memory.place || {};
    const mine = (memory.place = place || before);
    if (told && mine.id !== before.id) remember("place", mine);
    parts.place.lastChild.textContent = (about.places.find((each) => each.id === mine.id) || mine).name || t("place");
    parts.places.textContent = "";
    for (const each of about.places) {
      const onclick = () => {
        parts.showPlaces(false, true);
        choose({ choice: "place:" + each.id, label: t("in_place", each.name) });
      };
      const attributes = { role: "radio", "aria-checked": (each.id === mine.id) + "", onclick };
      parts.places.append(h("button.item", attributes, each.name, icon("yes")));
    }
  }

  function scrollTo(node) {
    parts.log.scrollTop += node.getBoundingClientRect().top - parts.log.getBoundingClientRect().top - 12;
  }

  function newTurn(text) {
    const state = { dir: "auto", tabindex: -1, hidden: !text };
    const bubble = h("p.mine", state, h("span.hidden", {}, t("you")), text || " ");
    const node = h("div.turn", {}, bubble);
    parts.log.append(node);
    return { node, bubble };
  }

  function show(turn, exchange, told) {
    if (exchange.text) {
      turn.bubble.lastChild.textContent = exchange.text; // masked, as it is kept
      turn.bubble.hidden = false;
    }
    if (exchange.reply.check) all(parts.log, ".facts").forEach(spend);
    const made = card(exchange, { send, choose, reasons: () => about.reasons });
    turn.node.append(made);
    if (exchange.reply.place) setPlace(exchange.reply.place, told);
    return made;
  }

  function choose(suggestion) {
    send({ choice: suggestion.choice, text: suggestion.label }, suggestion.label);
  }

  // `leave` a field: a phone's keyboard closes.
  function send(message, text, leave) {
    const turn = newTurn(text);
    scrollTo(turn.node);
    if (leave) turn.bubble.focus();
    deliver(turn, Object.assign({ id: newId() }, message));
  }

  async function deliver(turn, message) {
    const typing = h("div.typing", {}, h("span.hidden", {}, t("waiting")), h("i"), h("i"), h("i"));
    const wait = setTimeout(() => turn.node.append(typing), TYPING);
    const sent = start().then(() => exchanged(message));
    track(sent);
    let exchange, error;
    try {
      exchange = await sent;
    } catch (fault) {
      error = fault;
    }
    clearTimeout(wait);
    typing.remove();
    if (!turn.node.isConnected) return;
    const again = () => deliver(turn, message);
    const added = error ? failure(turn.node, error, again, "failed", "resend") : show(turn, exchange, true);
    scrollTo(turn.bubble.offsetHeight < parts.log.clientHeight / 3 ? turn.node : added);
    const field = added.querySelector("[data-asked]");
    if (field && keyboard && parts.log.contains(shadow.activeElement)) field.focus({ preventScroll: true });
    if (!shown) mark(true);
  }

  function failure(node, error, again, says = "unreached", label = "retry") {
    const onclick = () => {
      box.remove();
      again();
    };
    const box = h(
      "div.failure",
      { role: "alert" },
      icon("notice"),
      error.status ? error.message : t(says),
      error.incident && h("small", {}, t("incident", error.incident)),
      !/^4(?!08|29)/.test(error.status) && h("button.chip", { onclick }, t(label))
    );
    node.append(box);
    return box;
  }

  // Again, where it failed.
  function learn() {
    learnt = learnt || call("bot").then((data) => {
      about = data;
      parts.title.textContent = about.bot;
      setPlace();
      if (!parts.places.hidden) parts.showPlaces(true);
    }, () => {
      learnt = null;
      parts.places.textContent = t("unreached");
    });
  }

  function start() {
    learn();
    if (!ready) {
      const mine = Promise.all([session(), learnt]).then(([messages]) => mine === ready && history(messages));
      mine.catch(() => mine === ready && (ready = null));
      track((ready = mine));
    }
    return ready;
  }

  function history(messages) {
    all(parts.log, ".log > .failure").forEach((each) => each.remove());
    const later = all(parts.log, ".turn"); // sent before there was a session
    let turn;
    for (const each of messages) show((turn = newTurn(each.text)), each);
    parts.log.append(...later);
    scrollTo(turn.node);
  }

  function begin() {
    start().then(deep, (error) => failure(parts.log, error, begin));
  }

  // /?choice=check:… is sent once.
  function deep() {
    const choice = full && new URLSearchParams(location.search).get("choice");
    if (!/^(check|topic):[\w.-]+$/.test(choice)) return;
    window.history.replaceState(null, "", location.pathname);
    send({ choice });
  }

  function restart() {
    const old = all(parts.log, ".turn");
    ready = start().then(() => session(true)).then((messages) => {
      old.forEach((each) => each.remove());
      history(messages);
    }).catch((error) => failure(parts.log, error, restart));
    track(ready);
  }

  function mark(news) {
    parts.launcher.classList.toggle("news", news);
    const label = t("open", about.bot) + (options.greeting || "") + (news ? t("news") : "");
    parts.launcher.setAttribute("aria-label", label);
  }

  function toggle() {
    shown = !shown;
    parts.panel.hidden = !shown;
    parts.launcher.setAttribute("aria-expanded", shown);
    parts.panel.setAttribute("aria-modal", narrow.matches);
    mark(false);
    if (!shown) return parts.launcher.focus();
    if (!ready) begin();
    fit();
    (matchMedia("(pointer: coarse)").matches ? parts.panel : parts.input).focus();
  }

  // Above a phone's keyboard.
  function fit() {
    const view = window.visualViewport;
    if (!view) return;
    const fits = view.scale < 1.02 && (full || narrow.matches);
    const below = parts.log.scrollHeight - parts.log.scrollTop - parts.log.clientHeight;
    parts.panel.style.height = fits ? view.height + "px" : "";
    parts.panel.style.top = fits ? view.offsetTop + "px" : "";
    parts.log.scrollTop = parts.log.scrollHeight - parts.log.clientHeight - below;
  }

  function online() {
    parts.offline.textContent = navigator.onLine === false ? t("offline") : "";
  }

  function menu() {
    const item = (role, children, onclick) => h("button.item", { role, onclick }, ...children);
    const entry = (key, act) => item("menuitem", [t(key)], () => (parts.showMenu(false, true), act()));
    const choice = (key) => entry(key, () => choose({ label: t(key), choice: key }));
    const page = (key) =>
      h("a.item", { href: ORIGIN + "/" + key, target: "_blank", rel: "noopener", role: "menuitem" }, t(key));
    const group = (key, values, act) => {
      const radios = values.map(([value, label]) => {
        const made = item("menuitemradio", [label], () => {
          remember(key, value);
          only(radios, made, "aria-checked");
          act();
        });
        made.setAttribute("aria-checked", value === memory[key]);
        return made;
      });
      return h("div.group", { role: "group", "aria-label": t(key) }, h("span", {}, t(key)), radios);
    };
    const words = (...keys) => keys.map((key) => [key, t(key)]);
    const contrast = item("menuitemcheckbox", [t("contrast"), icon("yes")], () => {
      remember("contrast", !memory.contrast);
      contrast.setAttribute("aria-checked", memory.contrast);
      style();
    });
    contrast.setAttribute("aria-checked", Boolean(memory.contrast));
    const again = item("menuitem", [t("restart")], () => {
      const sure = again.classList.toggle("sure");
      again.textContent = t(sure ? "sure" : "restart");
      if (sure) return;
      parts.showMenu(false, true);
      restart();
    });
    again.addEventListener("blur", () => {
      again.className = "item";
      again.textContent = t("restart");
    });
    const rewrite = async () => {
      for (let last; last !== pending; ) await (last = pending);
      const typed = parts.input.value;
      const unsent = all(parts.log, ".turn").filter((each) => each.querySelector(".failure"));
      const typing = shadow.activeElement === parts.input;
      build();
      parts.input.value = typed;
      parts.log.append(...unsent);
      ready = learnt = null;
      begin();
      (typing ? parts.input : parts.menuButton).focus();
    };
    return [
      entry("place", () => parts.showPlaces(true)),
      choice("match"),
      choice("calculators"),
      page("phones"),
      page("schemes"),
      choice("human"),
      group("size", words("normal", "large", "huge"), style),
      group("theme", words("light", "dark", "auto"), style),
      group("lang", [["zh-CN", "简体"], ["zh-Hant", "繁體"]], rewrite),
      contrast,
      again,
    ];
  }

  function composer() {
    const count = h("span.count");
    const grow = () => {
      field.style.height = "";
      if (field.value) field.style.height = field.scrollHeight + 2 + "px";
      count.textContent = field.value.length < COUNTED ? "" : field.value.length + "/" + about.characters;
    };
    const onsubmit = (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text) return;
      field.value = "";
      grow();
      send({ text }, text);
    };
    const onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey && !composing(event)) onsubmit(event);
    };
    const own = { rows: 1, maxlength: about.characters, enterkeyhint: "send", oninput: grow, onkeydown };
    const field = h("textarea", Object.assign(own, named("input")));
    parts.input = field;
    const button = h("button.primary", { type: "submit" }, t("send"));
    return h("form.composer", { onsubmit }, h("div.box", {}, field, count), button);
  }

  function build() {
    root.textContent = "";
    style();
    parts = {
      title: h(full ? "h1.title" : "h2.title", { id: "title" }, about.bot),
      place: h("button.place", { title: t("place") }, icon("place"), h("span", {}, t("place"))),
      places: h("div.list", { role: "radiogroup", "aria-label": t("place") }),
      menuButton: h("button.square", { "aria-label": t("menu"), "aria-haspopup": "menu" }, icon("menu")),
      menu: h("div.list", { role: "menu", "aria-label": t("menu") }),
      offline: h("p.offline", { role: "status" }),
      log: h("div.log", { role: "log", "aria-live": "polite", "aria-label": t("log"), tabindex: 0 }),
      launcher: h("button.launcher", { "aria-expanded": shown + "", onclick: toggle }, icon("chat"), options.greeting),
    };
    const shut = !full && h("button.square", { "aria-label": t("close"), onclick: toggle }, icon("close"));
    const header = h("div.head", {}, h("div.name", {}, parts.title, parts.place), parts.menuButton, shut);
    parts.log.append(h("p.about", {}, t("about")));
    const dialog = { role: "dialog", "aria-labelledby": "title", tabindex: -1, hidden: !shown, onkeydown: keys };
    const role = full ? { role: "main" } : dialog;
    parts.panel = h("div.panel", role, header, parts.places, parts.menu, parts.offline, parts.log, composer());
    parts.showPlaces = popup(parts.panel, parts.place, parts.places, learn);
    parts.showMenu = popup(parts.panel, parts.menuButton, parts.menu, learn);
    parts.menu.append(...menu());
    root.append(parts.panel);
    if (!full) root.append(parts.launcher);
    mark(false);
    setPlace();
    online();
  }

  // On a phone Tab stays inside.
  function keys(event) {
    if (event.key === "Escape" && !composing(event)) toggle();
    if (event.key !== "Tab" || !narrow.matches) return;
    const open = all(parts.panel, "a,button,input,select,textarea,summary,.log").filter(
      (each) => each.tabIndex >= 0 && each.getClientRects().length
    );
    if (event.shiftKey) open.reverse();
    if (shadow.activeElement !== open[open.length - 1] && shadow.activeElement !== parts.panel) return;
    event.preventDefault();
    open[0].focus();
  }

  if (/^#[\da-f]{6}$/i.test(options.color)) tint(options.color);
  build();
  root.addEventListener("keydown", () => (keyboard = true), true);
  root.addEventListener("pointerdown", () => (keyboard = false), true);
  window.addEventListener("online", online);
  window.addEventListener("offline", online);
  night.addListener(style);
  if (window.visualViewport) ["resize", "scroll"].forEach((name) => window.visualViewport.addEventListener(name, fit));
  if (full) begin();
}

if (!window.customElements || customElements.get("policy-bot")) return;
customElements.define(
  "policy-bot",
  class extends HTMLElement {
    connectedCallback() {
      if (!this.shadowRoot) mount(this);
    }
  }
);
if (!document.querySelector("policy-bot")) document.body.append(document.createElement("policy-bot"));
})();
