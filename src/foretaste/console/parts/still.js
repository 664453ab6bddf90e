// Markup that does not listen: a whole tree in one element of the page.
// A node is text or [tag, attributes, ...children]; text is text, and nothing here runs code.
const safe = (attributes) =>
  Object.fromEntries(
    Object.entries(attributes || {}).filter(
      ([name]) => !/^on|^v-|^:|^@|html$|textcontent$|^srcdoc$/i.test(name)),
  );
const draw = (node) =>
  Array.isArray(node) ? Vue.h(node[0], safe(node[1]), node.slice(2).map(draw)) : String(node);
export default {
  props: { tree: Array },
  render() { return draw(this.tree); },
};
