// One labelled control: text, area, password, number, range, select, check.
// What is typed lives here, so that an update of the page never takes letters away.
export default {
  template: `
    <div :class="['field', kind === 'check' ? 'check' : '', look]">
      <template v-if="kind === 'check'">
        <input type="checkbox" role="switch" :id="inner" v-model="now" :disabled="off"
          :aria-describedby="hint ? inner + 'h' : null" @change="say('commit')" />
        <div><label :for="inner">{{ label }}</label>
          <div v-if="hint" class="hint" :id="inner + 'h'">{{ hint }}</div></div>
      </template>
      <template v-else>
        <div v-if="kind === 'range'" class="row">
          <label class="label" :for="inner">{{ label }}</label><output :for="inner">{{ shown }}</output>
        </div>
        <label v-else :for="inner" :class="bare ? 'unseen' : ''">{{ label }}</label>
        <textarea v-if="kind === 'area'" :id="inner" v-model="now" :rows="rows"
          :placeholder="placeholder" :disabled="off" :maxlength="longest"
          :aria-describedby="hint ? inner + 'h' : null"
          @input="later" @keydown.enter.exact="enter" @change="say('commit')"></textarea>
        <select v-else-if="kind === 'select'" :id="inner" v-model="now" :disabled="off"
          @change="say('commit')">
          <option v-for="o in options" :key="o[0]" :value="o[0]">{{ o[1] }}</option>
        </select>
        <input v-else-if="kind === 'range'" type="range" :id="inner" v-model.number="now" :min="least"
          :max="most" :step="step" :style="{'--at': at}" :aria-valuetext="shown" :disabled="off"
          @input="later" @change="say('commit')" />
        <input v-else :type="kind" :id="inner" v-model="now" :placeholder="placeholder"
          :name="name" :autocomplete="complete" :min="least" :max="most" :step="step" :maxlength="longest"
          :disabled="off" :aria-describedby="hint ? inner + 'h' : null" spellcheck="false"
          @input="later" @keydown.enter="enter" @change="say('commit')" />
        <div v-if="hint" class="hint" :id="inner + 'h'">{{ hint }}</div>
      </template>
    </div>`,
  props: {
    kind: { type: String, default: "text" }, label: String, value: null, placeholder: String,
    hint: String, options: Array, least: Number, most: Number, step: null, words: Array,
    rows: { type: Number, default: 2 }, bare: Boolean, look: String, name: String,
    complete: { type: String, default: "off" }, longest: Number, off: Boolean,
    wait: { type: Number, default: 250 },
  },
  data() { return { now: this.value, timer: null }; },
  watch: { value(to) { this.now = to; } },
  computed: {
    inner() { return this.$attrs.id + "-in"; },
    at() { return (100 * (this.now - this.least)) / (this.most - this.least) + "%"; },
    shown() {
      if (!this.words) return String(this.now);
      const share = (this.now - this.least) / (this.most - this.least);
      return this.words[Math.round(share * (this.words.length - 1))];
    },
  },
  beforeUnmount() { clearTimeout(this.timer); },
  methods: {
    say(what) {
      if (this.timer !== null) {  // a change not yet told would be lost with its timer
        clearTimeout(this.timer);
        this.timer = null;
        this.$emit("edit", this.now);
        if (what === "edit") return;
      }
      this.$emit(what, this.now);
    },
    later() { clearTimeout(this.timer); this.timer = setTimeout(() => this.say("edit"), this.wait); },
    enter(event) {
      if (event.isComposing) return;
      if (this.kind === "area") event.preventDefault();
      this.say("enter");
    },
    put(to) { this.now = to; },
    focus() { document.getElementById(this.inner)?.focus(); },
  },
};
