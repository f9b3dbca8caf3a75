// The page: sends a text or a tapped choice, shows the reply as cards. Everything from the server becomes text nodes.
"use strict";
const log = document.getElementById("log");
const form = document.getElementById("form");
const input = document.getElementById("text");

function add(parent, tag, kind, text) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

// Phone numbers become links that a phone dials.
function withPhones(element) {
  const parts = element.textContent.split(/(0\d{3}[-—]\d{7}|1\d{10})/);
  if (parts.length < 2) return;
  element.textContent = "";
  parts.forEach((part, i) => {
    if (i % 2) add(element, "a", "", part).href = "tel:" + part.replace(/\D/g, "");
    else element.append(part);
  });
}

function show(reply) {
  const card = add(log, "article", "card");
  for (const paragraph of reply.paragraphs || [{ kind: "lead", text: reply.text }]) {
    withPhones(add(card, "p", paragraph.kind, paragraph.text));
  }
  if (reply.suggestions.length) {
    const chips = add(card, "div", "chips");
    for (const suggestion of reply.suggestions) {
      add(chips, "button", "", suggestion.label).onclick = () => send(suggestion.label, suggestion.choice);
    }
  }
  card.scrollIntoView({ block: "start" });
}

async function send(text, choice) {
  add(log, "p", "mine", text).scrollIntoView();
  try {
    const answer = await fetch("/api/v1/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(choice ? { text, choice } : { text }),
    });
    const body = await answer.json();
    show(answer.ok ? body : { text: body.error.message, suggestions: [] });
  } catch {
    show({ text: "网络不通，请稍后再试。", suggestions: [] });
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  send(text);
});
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.isComposing) event.preventDefault();
});
send("你好");
