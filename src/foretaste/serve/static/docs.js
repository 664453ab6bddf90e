// The reference as a page: reads openapi.json of the same origin and writes text, never markup.
"use strict";

function make(tag, text, name) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
}

function resolved(document_, node) {
  if (node && node.$ref) {
    return node.$ref.slice(2).split("/").reduce((found, part) => found[part], document_);
  }
  return node;
}

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  const several = schema.anyOf || schema.oneOf;
  if (several) return several.map(typeOf).join(" | ");
  if (schema.type === "array") return `[${typeOf(schema.items)}]`;
  return schema.format ? `${schema.type} (${schema.format})` : schema.type || "any";
}

function table(heads, rows) {
  const found = make("table");
  const head = make("tr");
  for (const one of heads) head.append(make("th", one));
  found.append(head);
  for (const row of rows) {
    const line = make("tr");
    for (const cell of row) line.append(make("td", cell));
    found.append(line);
  }
  return found;
}

function fields(document_, schema) {
  const found = resolved(document_, schema);
  if (!found || !found.properties) return [];
  const needed = found.required || [];
  return Object.entries(found.properties).map(([name, one]) => [
    needed.includes(name) ? `${name} *` : name,
    typeOf(one),
    one.description || "",
  ]);
}

function body(document_, operation, box) {
  for (const [media, content] of Object.entries((operation.requestBody || {}).content || {})) {
    box.append(make("h3", `Body: ${media}, ${typeOf(content.schema)}`));
    const rows = fields(document_, content.schema);
    if (rows.length) box.append(table(["Field", "Type", "What"], rows));
    for (const one of Object.values(content.examples || {})) {
      box.append(make("pre", JSON.stringify(one.value, null, 2)));
    }
  }
}

function answers(document_, operation, box) {
  box.append(make("h3", "Answers"));
  const rows = Object.entries(operation.responses).map(([status, one]) => {
    const content = Object.values(resolved(document_, one).content || {})[0] || {};
    return [status, typeOf(content.schema), resolved(document_, one).description];
  });
  box.append(table(["Status", "Type", "What"], rows));
  const good = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
  const content = good && Object.values(good[1].content || {})[0];
  if (content && content.example !== undefined) {
    box.append(make("pre", JSON.stringify(content.example, null, 2)));
  }
  const shape = content && fields(document_, content.schema);
  if (shape && shape.length) box.append(table(["Field", "Type", "What"], shape));
}

function route(document_, method, path, operation) {
  const box = make("details");
  const line = make("summary");
  line.append(
    make("span", method.toUpperCase(), "method"),
    make("span", path, "path"),
    make("span", operation.summary || "", "what"),
  );
  box.append(line);
  box.addEventListener(
    "toggle",
    () => {
      box.append(make("p", operation.description || ""));
      const given = (operation.parameters || []).map((one) => [
        one.required ? `${one.name} *` : one.name,
        one.in,
        typeOf(one.schema),
        one.description || "",
      ]);
      if (given.length) box.append(table(["Parameter", "In", "Type", "What"], given));
      body(document_, operation, box);
      answers(document_, operation, box);
    },
    { once: true },
  );
  box.dataset.words = `${method} ${path} ${operation.summary || ""}`.toLowerCase();
  return box;
}

function draw(document_) {
  document.getElementById("introduction").textContent = document_.info.description;
  const main = document.getElementById("routes");
  const subjects = document.getElementById("subjects");
  main.replaceChildren();
  for (const tag of document_.tags) {
    const box = make("section");
    box.id = tag.name;
    box.append(make("h2", tag.name), make("p", tag.description));
    for (const [path, operations] of Object.entries(document_.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        if ((operation.tags || []).includes(tag.name)) {
          box.append(route(document_, method, path, operation));
        }
      }
    }
    main.append(box);
    const link = make("a", tag.name);
    link.href = `#${tag.name}`;
    subjects.append(link);
  }
}

function find(words) {
  for (const box of document.querySelectorAll("details")) {
    box.hidden = !words.every((word) => box.dataset.words.includes(word));
  }
}

document.getElementById("search").addEventListener("input", (event) => {
  find(event.target.value.toLowerCase().split(/\s+/).filter(Boolean));
});
fetch("/openapi.json")
  .then((reply) => reply.json())
  .then(draw)
  .catch(() => {
    document.getElementById("routes").replaceChildren(make("p", "The reference cannot be read."));
  });
