// A search box with a list below it (ARIA combobox): type, arrow keys, Enter, Escape.
export default {
  template: `
    <div class="field picker" @focusout="left">
      <label :for="inner">{{ label }}</label>
      <input type="search" :id="inner" v-model="text" role="combobox" aria-autocomplete="list"
        :aria-expanded="open ? 'true' : 'false'" :aria-controls="inner + 'l'" autocomplete="off"
        spellcheck="false" :placeholder="placeholder" :maxlength="200"
        :aria-activedescendant="open && at >= 0 ? inner + 'o' + at : null"
        @input="typed" @focus="show" @click="show" @keydown="key" />
      <div v-show="open" class="options" role="listbox" :id="inner + 'l'" :aria-label="label">
        <div v-for="(o, i) in options" :key="o.id" role="option" :id="inner + 'o' + i"
          :aria-selected="i === at ? 'true' : 'false'" :class="{at: i === at}"
          @mousedown.prevent="pick(i)" @mousemove="at = i">
          <span class="t">{{ o.title }}</span><span v-if="o.note" class="n">{{ o.note }}</span>
        </div>
        <div v-if="!options.length" class="none" role="status">{{ asked ? none : "Searching …" }}</div>
      </div>
    </div>`,
  props: { label: String, placeholder: String, options: { type: Array, default: () => [] },
    serial: Number, none: { type: String, default: "Nothing found." }, keep: Boolean },
  data() { return { text: "", open: false, at: -1, timer: null, asked: false }; },
  computed: { inner() { return this.$attrs.id + "-in"; } },
  watch: { serial() { this.asked = true; this.at = this.options.length && this.text ? 0 : -1; } },
  beforeUnmount() { clearTimeout(this.timer); },
  methods: {
    ask() { this.$emit("ask", this.text); },
    show() { if (this.open) return; this.open = true; this.at = -1; this.ask(); },
    typed() {
      this.open = true; this.asked = false;
      clearTimeout(this.timer); this.timer = setTimeout(this.ask, 140);
    },
    left(event) { if (!this.$el.contains(event.relatedTarget)) this.open = false; },
    key(event) {
      if (event.isComposing) return;
      const n = this.options.length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!this.open) return this.show();
        if (n) this.at = (this.at + (event.key === "ArrowDown" ? 1 : n - (this.at < 0 ? 0 : 1))) % n;
        this.$nextTick(() => document.getElementById(this.inner + "o" + this.at)
          ?.scrollIntoView({ block: "nearest" }));
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (this.open && this.at >= 0) this.pick(this.at);
      } else if (event.key === "Escape" && this.open) {
        event.preventDefault(); this.open = false;
      }
    },
    pick(i) {
      const o = this.options[i];
      if (!o) return;
      this.text = this.keep ? o.title : ""; this.open = false; this.at = -1;
      this.$emit("pick", o.id);
    },
    put(to) { this.text = to; },
    focus() { document.getElementById(this.inner)?.focus(); },
  },
};
